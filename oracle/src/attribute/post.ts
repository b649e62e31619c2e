/**
 * A request to an address that a stranger chose.
 *
 * What a runner announces on the chain may name the oracle's own network: `public` connects to no loopback, private,
 * link-local or otherwise reserved address, also not when a name stands for one. The check is made on the address that
 * is connected to, so that a name which changes in between gains nothing.
 */
import { type LookupAddress, lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

/** Where a request may go: `any` for addresses that the oracle's operator chose. */
export type Reach = "any" | "public";

export interface PostOptions {
  readonly reach: Reach;
  readonly timeoutMs: number;
  /** Longest answer, bytes. */
  readonly largestAnswer: number;
  readonly signal: AbortSignal;
}

/** Posts JSON; a redirection is not followed. @throws Error when there is no whole answer. */
export async function post(
  address: string,
  body: string,
  options: PostOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`${url.protocol} is not served`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // A literal address is connected to without a look-up.
  if (options.reach === "public" && isIP(host) !== 0) demandPublic(host, host);

  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = request(
      url,
      {
        method: "POST",
        // A connection of its own: none that another call opened, and none that is closed just now.
        agent: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        signal,
        ...(options.reach === "public" ? { lookup: publicLookup } : {}),
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > options.largestAnswer) {
            response.destroy(new Error(`its answer is longer than ${options.largestAnswer} bytes`));
          }
          parts.push(part);
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
    try {
      if (error !== null) throw error;
      for (const { address } of addresses) demandPublic(hostname, address);
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? "", first?.family);
    } catch (cause) {
      callback(cause as NodeJS.ErrnoException, "");
    }
  });
};

function demandPublic(host: string, address: string): void {
  if (reserved.check(address, isIPv6(address) ? "ipv6" : "ipv4")) {
    throw new Error(`${host} is not a public address`);
  }
}

/** IANA's special-purpose blocks that are not globally reachable, with multicast. */
const reserved = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  reserved.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 9],
  ["ff00::", 8],
] as const) {
  reserved.addSubnet(net, prefix, "ipv6");
}
