// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {ContributionLib} from "./ContributionLib.sol";
import {ContributionStorageLib} from "./ContributionStorageLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ContributionLedger
/// @notice What is kept of contributions, and each single change of it: states, the tree, revocations, fees.
/// @dev Who may change what, and when, is `ContributionRegistry`'s.
abstract contract ContributionLedger is IContributionRegistry {
    using ContributionLib for Contribution;
    using MerkleLib for MerkleLib.Frontier;
    using SafeERC20 for IERC20;

    /// @dev Where a fee goes.
    struct Parts {
        uint96 toOwner;
        uint96 toValidators;
        uint96 toProver;
        uint96 toContributor;
    }

    /// @notice OPEN: fees are paid in it.
    IERC20 public immutable token;
    /// @notice The registry of Datanets, whose rules contributions are made under.
    IDatanetRegistry public immutable datanets;

    constructor(IERC20 token_, IDatanetRegistry datanets_) {
        token = token_;
        datanets = datanets_;
    }

    /// @inheritdoc IContributionRegistry
    function contributionCount() external view returns (uint64) {
        return ContributionStorageLib.load().contributionCount;
    }

    /// @inheritdoc IContributionRegistry
    function stateOf(uint64 contribution) external view returns (ContributionState) {
        return ContributionStorageLib.load().contributions[contribution].state;
    }

    /// @inheritdoc IContributionRegistry
    function isContribution(Contribution calldata c) external view returns (bool) {
        return ContributionStorageLib.load().contributions[c.number].digest == c.digest();
    }

    /// @inheritdoc IContributionRegistry
    function isRevoked(uint64 contribution) external view returns (bool) {
        return ContributionStorageLib.load().contributions[contribution].state == ContributionState.Revoked;
    }

    /// @inheritdoc IContributionRegistry
    function isRecordRevoked(uint64 contribution, uint32 index) public view returns (bool) {
        ContributionStorageLib.Layout storage $ = ContributionStorageLib.load();
        return $.contributions[contribution].state == ContributionState.Revoked
            || ($.revokedRecords[contribution][index >> 8] >> (index & 0xff)) & 1 == 1;
    }

    /// @inheritdoc IContributionRegistry
    function nextVersionOf(uint64 datanet) external view returns (IDatanetRegistry.Version memory) {
        ContributionStorageLib.Layout storage $ = ContributionStorageLib.load();
        ContributionStorageLib.Ledger storage ledger = $.ledgers[datanet];
        uint64 count = ledger.contributionCount;
        return IDatanetRegistry.Version({
            root: $.accepted[datanet].rootOf(LeafLib.CONTRIBUTION, count),
            contributionCount: count,
            recordCount: ledger.recordCount,
            publishedAt: uint64(block.timestamp),
            revocationCount: ledger.revocationCount,
            revocationsHash: ledger.revocationsHash
        });
    }

    /// @inheritdoc IContributionRegistry
    function feesHeldOf(uint64 datanet) external view returns (uint96) {
        return ContributionStorageLib.load().ledgers[datanet].feesHeld;
    }

    /// @inheritdoc IContributionRegistry
    function nonceOf(address contributor) external view returns (uint64) {
        return ContributionStorageLib.load().nonces[contributor];
    }

    /// @inheritdoc IContributionRegistry
    function pausedUntil() external view returns (uint64) {
        return ContributionStorageLib.load().pausedUntil;
    }

    /// @dev The caller has checked that it is undecided.
    function _accept(Contribution calldata c) internal {
        ContributionStorageLib.Layout storage $ = ContributionStorageLib.load();
        ContributionStorageLib.Ledger storage ledger = $.ledgers[c.datanet];
        uint64 position = ledger.contributionCount;
        uint64 recordsAfter = ledger.recordCount + c.recordCount;

        $.accepted[c.datanet].append(position, c.leaf());
        $.contributions[c.number].state = ContributionState.Accepted;
        ledger.contributionCount = position + 1;
        ledger.recordCount = recordsAfter;

        emit ContributionAccepted(c.number, c.datanet, c.contributor, position, position + 1, recordsAfter);
    }

    /// @dev The caller has checked that it is undecided.
    function _reject(Contribution calldata c) internal {
        ContributionStorageLib.load().contributions[c.number].state = ContributionState.Rejected;

        emit ContributionRejected(c.number, c.datanet, c.contributor);
    }

    /// @dev Pays prover and contributor; the other parts are paid by the caller, for a whole list at once.
    function _settleFee(Contribution calldata c, Parts memory parts) internal {
        uint96 fee = parts.toOwner + parts.toValidators + parts.toProver + parts.toContributor;
        if (fee == 0) return;
        ContributionStorageLib.Ledger storage ledger = ContributionStorageLib.load().ledgers[c.datanet];
        uint96 heldAfter = ledger.feesHeld - fee;

        ledger.feesHeld = heldAfter;

        emit FeeSettled(
            c.datanet, c.number, parts.toOwner, parts.toValidators, parts.toProver, parts.toContributor, heldAfter
        );
        if (parts.toProver != 0) token.safeTransfer(msg.sender, parts.toProver);
        if (parts.toContributor != 0) token.safeTransfer(c.contributor, parts.toContributor);
    }

    function _holdFee(Contribution memory c, uint96 fee) internal {
        ContributionStorageLib.Ledger storage ledger = ContributionStorageLib.load().ledgers[c.datanet];
        uint96 heldAfter = ledger.feesHeld + fee;

        ledger.feesHeld = heldAfter;

        emit FeeHeld(c.datanet, c.number, fee, heldAfter);
        TokenLib.pull(token, c.contributor, fee);
    }

    function _creditOwner(uint64 datanet, uint96 amount) internal {
        if (amount == 0) return;
        token.forceApprove(address(datanets), amount);
        datanets.addOwnerCredit(datanet, amount);
    }

    function _revoke(Contribution calldata c, ContributionStorageLib.StoredContribution storage stored) internal {
        stored.state = ContributionState.Revoked;
        (uint64 count, bytes32 hash) = _recordRevocation(c, ContributionLib.ALL_RECORDS);

        emit ContributionRevoked(c.number, c.datanet, msg.sender, count, hash);
    }

    function _revokeRecord(Contribution calldata c, uint32 index) internal {
        ContributionStorageLib.load().revokedRecords[c.number][index >> 8] |= uint256(1) << (index & 0xff);
        (uint64 count, bytes32 hash) = _recordRevocation(c, index);

        emit RecordRevoked(c.number, c.datanet, msg.sender, index, count, hash);
    }

    function _recordRevocation(Contribution calldata c, uint32 index) internal returns (uint64 count, bytes32 hash) {
        ContributionStorageLib.Ledger storage ledger = ContributionStorageLib.load().ledgers[c.datanet];
        count = ledger.revocationCount + 1;
        hash = ContributionLib.revocationsHash(ledger.revocationsHash, c.number, index);
        ledger.revocationCount = count;
        ledger.revocationsHash = hash;
    }

    /// @dev The contribution under its number, which must be what was brought.
    function _stored(Contribution calldata c)
        internal
        view
        returns (ContributionStorageLib.StoredContribution storage stored)
    {
        stored = ContributionStorageLib.load().contributions[c.number];
        if (stored.state == ContributionState.None) revert ContributionRegistry_UnknownContribution(c.number);
        if (stored.digest != c.digest()) revert ContributionRegistry_NotCommittedAs(c.number);
    }

    function _requireWaiting(uint64 datanet, Contribution calldata c)
        internal
        view
        returns (ContributionStorageLib.StoredContribution storage stored)
    {
        stored = _stored(c);
        if (c.datanet != datanet) revert ContributionRegistry_NotInDatanet(c.number, datanet, c.datanet);
        if (!_isWaiting(stored.state)) revert ContributionRegistry_WrongState(c.number, stored.state);
    }

    function _requireUndecided(uint64 contribution, ContributionState state) internal pure {
        if (!_isWaiting(state) && state != ContributionState.InRound) {
            revert ContributionRegistry_WrongState(contribution, state);
        }
    }

    function _requireAccepted(Contribution calldata c) internal view {
        ContributionState state = _stored(c).state;
        if (state != ContributionState.Accepted) revert ContributionRegistry_WrongState(c.number, state);
    }

    function _requireStanding(uint64 contribution, uint32 index) internal view {
        if (isRecordRevoked(contribution, index)) revert ContributionRegistry_RecordRevoked(contribution, index);
    }

    function _isWaiting(ContributionState state) internal pure returns (bool) {
        return state == ContributionState.Committed || state == ContributionState.Referred;
    }
}
