import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packText, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";

/**
 * What a payer asks for. `temperatureMilli`, `topPMilli` and `repetitionPenaltyMilli` are thousandths; `topK` 0 means
 * no limit, a penalty of 1,000 none; `seed` zero means "the voucher's digest", which only the payer can shape. `salt` keeps the prompt from being guessed from its hash.
 */
export type InferenceRequest = {
  readonly model: bigint;
  readonly salt: Hex;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly repetitionPenaltyMilli: number;
  readonly seed: Hex;
};

/** `keccak256(domain ‖ uint64 model ‖ salt ‖ keccak256(prompt) ‖ uint32 × 5 parameters ‖ seed)`. */
export function requestHash(request: InferenceRequest): Hex {
  return keccak256(
    joinBytes([
      packHex("domain", domainHash("Request"), 32),
      packUint("model", request.model, 64),
      packHex("salt", request.salt, 32),
      keccak256(packText("prompt", request.prompt), "bytes"),
      packUint("maxTokens", request.maxTokens, 32),
      packUint("temperatureMilli", request.temperatureMilli, 32),
      packUint("topPMilli", request.topPMilli, 32),
      packUint("topK", request.topK, 32),
      packUint("repetitionPenaltyMilli", request.repetitionPenaltyMilli, 32),
      packHex("seed", request.seed, 32),
    ]),
  );
}
