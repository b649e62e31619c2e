import { InvalidValueError } from "../errors/InvalidValueError.js";
import { type Grant, grantLeaf } from "../hash/grant.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { type GenesisAllocation, SCHEDULES } from "../units/allocation.js";

/**
 * The tree of an allocation's grants; its `root` is what `Genesis` is made with. The contract cannot add the leaves up:
 * whoever deploys, and whoever is to be paid, does it with this.
 *
 * @throws InvalidValueError when a grant is another allocation's, is of nothing or for nobody, or when the amounts do not
 * add up to the allocation to the base unit.
 */
export function grantTree(allocation: GenesisAllocation, grants: readonly Grant[]): MerkleTree {
  let sum = 0n;
  for (const grant of grants) {
    if (grant.allocation !== allocation) throw new InvalidValueError("allocation", allocation, grant.allocation);
    if (grant.amount <= 0n) throw new InvalidValueError("amount", "more than 0", grant.amount);
    if (BigInt(grant.beneficiary) === 0n) {
      throw new InvalidValueError("beneficiary", "an address that is not zero", grant.beneficiary);
    }
    sum += grant.amount;
  }
  const { total } = SCHEDULES[allocation];
  if (sum !== total) throw new InvalidValueError("sum of amounts", `${total}, the ${allocation} allocation`, sum);
  return new MerkleTree(domainHash("Grant"), grants.map(grantLeaf));
}
