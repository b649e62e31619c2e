/** Whose role allows an upgrade of the proxies that a function lists. */
const UPGRADES = [
  ["_stakeTouching", "STAKING"],
  ["_otherProxies", "UPGRADES"],
] as const;

/**
 * Which role the deployment asks of a function, by `Contract.function`: read from the source of `ProtocolRoles`, which a test
 * holds against the contracts' own code.
 *
 * @param wiring Source of `ProtocolRoles`.
 * @param fields Source that declares the fields of a deployment.
 */
export function readRoles(wiring: string, fields: string): Map<string, string> {
  const roles = new Map<string, string>();
  for (const [, role, list] of wiring.matchAll(/Roles\.(\w+),\s*_(?:only|both|three)\(([^)]*\.selector[^)]*)\)/g)) {
    for (const [, contract, name] of list!.matchAll(/\bI(\w+)\.(\w+)\.selector/g)) {
      roles.set(`${contract}.${name}`, role!);
    }
  }
  for (const [, contract, name] of wiring.matchAll(/PauseBit\([^;]*?\bI(\w+)\.(pause\w+)\.selector/g)) {
    roles.set(`${contract}.${name}`, "BRAKE");
  }
  for (const [list, role] of UPGRADES) {
    const body = new RegExp(`function ${list}\\b[^}]*}`).exec(wiring)?.[0] ?? "";
    for (const [, field] of body.matchAll(/address\(d\.(?:\w+\.)?(\w+)\)/g)) {
      const contract = new RegExp(`\\b([A-Z]\\w+) ${field};`).exec(fields)?.[1];
      roles.set(`${contract}.upgradeToAndCall`, role);
    }
  }
  return roles;
}
