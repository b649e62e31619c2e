// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "./IContributionRegistry.sol";
import {BatchOpening} from "./IInferenceMarket.sol";
import {IReceiptCourt} from "./IReceiptCourt.sol";
import {Role} from "./IStakingManager.sol";

/// @title IDisputeManager
/// @notice Takes to a jury what arithmetic cannot settle, and does what follows: licences, unlawful or junk data, a runner's
/// downtime, false answers, models' and agents' misbehaviour.
/// @dev STATES. A dispute is what its hearing at the jury (`IJury`) is; when that is finished `enforce` or `enforceRevocation` does
/// what follows, once.
///
/// OFFENCES. Each has one id, `keccak256(abi.encode(kind, subject, offence))`: while a dispute over it is open, and once one was
/// upheld, there is no other; dismissed, it may be filed again, for dismissing confirms nothing. What can happen again has another
/// offence each time, so another id.
/// – `Licence`, `Data`: subject contribution number; offence 0 for all of it, else record index + 1. Upheld: it is revoked.
/// – `Downtime`: subject the runner's address; offence a day since 1970. Upheld: its stake is slashed.
/// – `Answer`: subject batch · 2³² + index; offence 0. Upheld: the receipt's case is struck; dismissed: cleared.
/// – `Model`: subject its number; offence a day. Upheld: it is deprecated, and the stake behind models slashed of who owned it a
/// day before the day began: a model that is sent away is answered for, one that somebody is sent may be sent on first.
/// – `Agent`: subject the operator's address; offence a day. Upheld: its stake behind agents is slashed.
///
/// CLOCKS. The jury's. Conduct is disputed on its day or within 21 days after it; answers within the court's trial period.
///
/// MONEY. None is held here. Filing pulls the bond into the jury. A slash is what the kind's penalty was when the dispute was filed,
/// locked then, whether the stake thaws or not; its bounty goes to the filer, at least half burns.
///
/// TRUST. The jury. It can take no more than was put at risk by the filing, which governance bounds by kind and constants here bound
/// for ever: 2 % of what can be slashed for a day's downtime, 20 % for conduct. Governance upgrades this contract.
///
/// LIVENESS. Enforcing is anyone's and may be tried again for ever; a case that nobody closes lapses in the court.
///
/// NOT DONE. Agents are not deprecated, for want of a registry of agents.
interface IDisputeManager {
    enum Kind {
        None,
        Licence,
        Data,
        Downtime,
        Answer,
        Model,
        Agent
    }

    /// @param id Of the offence.
    /// @param subject See OFFENCES.
    /// @param offence See OFFENCES.
    /// @param kind What it is over; `None` for a dispute that was not filed here.
    /// @param role The stake at risk; `None` where no stake is.
    /// @param isEnforced Whether what follows is done.
    /// @param bountyBps Of what is slashed, to the filer; basis points.
    /// @param trial Number of the receipt's case; 0 for other kinds.
    /// @param filer Who filed it.
    /// @param accused Whom it is about.
    /// @param atRisk What is locked, and slashed if it is upheld, base units of OPEN.
    struct Dispute {
        bytes32 id;
        bytes32 subject;
        bytes32 offence;
        Kind kind;
        Role role;
        bool isEnforced;
        uint16 bountyBps;
        uint32 trial;
        address filer;
        address accused;
        uint96 atRisk;
    }

    /// @notice What a kind's verdict costs: `slashBps` of what can be slashed when it is filed, at most `slashMaximum` and what
    /// nobody else has locked.
    /// @param slashBps Basis points, at most 200 for downtime, 2,000 else, inclusive.
    /// @param slashMaximum At most 1,000,000 OPEN, base units, inclusive.
    /// @param bountyBps Of it, to the filer; basis points, at most 2,500, inclusive.
    struct Penalty {
        uint16 slashBps;
        uint96 slashMaximum;
        uint16 bountyBps;
    }

    /// @notice A penalty is above what a constant allows for its kind.
    /// @param kind What the penalty is for.
    /// @param penalty What was given.
    error DisputeManager_PenaltyOutOfBounds(Kind kind, Penalty penalty);

    /// @notice This does not take disputes of the kind.
    /// @param kind What was named.
    error DisputeManager_WrongKind(Kind kind);

    /// @notice What was brought is not what was committed under its number.
    /// @param contribution The number.
    error DisputeManager_UnknownContribution(uint64 contribution);

    /// @notice There is no such runner, model or operator.
    /// @param kind What it is over.
    /// @param subject What was named.
    error DisputeManager_UnknownSubject(Kind kind, bytes32 subject);

    /// @notice The contribution has no such record, or the day is not one that can be disputed now.
    /// @param offence What was named: a record's index + 1, or a day since 1970.
    error DisputeManager_OffenceOutOfRange(uint64 offence);

    /// @notice A dispute over the offence is open, or was upheld.
    /// @param id Of the offence, see OFFENCES.
    /// @param dispute Its number.
    error DisputeManager_AlreadyFiled(bytes32 id, uint64 dispute);

    /// @notice The jury has not decided, or there is no such dispute.
    /// @param dispute The dispute's number at the jury, from 1.
    error DisputeManager_NotFinished(uint64 dispute);

    /// @notice The dispute was dismissed: nothing is revoked.
    /// @param dispute The dispute's number at the jury, from 1.
    error DisputeManager_NotUpheld(uint64 dispute);

    /// @notice What follows from the verdict is done already.
    /// @param dispute The dispute's number at the jury, from 1.
    error DisputeManager_AlreadyEnforced(uint64 dispute);

    /// @notice The dispute is over another contribution.
    /// @param dispute The dispute's number at the jury, from 1.
    /// @param contribution Number of what was brought.
    error DisputeManager_WrongContribution(uint64 dispute, uint64 contribution);

    /// @notice A dispute is before the jury and what its verdict may cost is locked.
    /// @param dispute The dispute's number at the jury, from 1.
    /// @param kind What it is over.
    /// @param id Of the offence, see OFFENCES.
    /// @param subject See OFFENCES.
    /// @param offence See OFFENCES.
    /// @param filer Who filed it.
    /// @param accused Whom it is about: contributor, runner, model's owner or operator.
    /// @param atRisk What of the accused's stake was locked for it, base units of OPEN; 0 where no stake is at risk
    /// here.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    event DisputeFiled(
        uint64 indexed dispute,
        Kind indexed kind,
        bytes32 indexed id,
        bytes32 subject,
        bytes32 offence,
        address filer,
        address accused,
        uint96 atRisk,
        bytes32 evidenceHash
    );

    /// @notice What follows from a verdict is done, once.
    /// @param dispute The dispute's number at the jury, from 1.
    /// @param kind What it is over.
    /// @param isUpheld What the jury decided.
    /// @param taken What was slashed, here or by the court, base units of OPEN.
    /// @param bounty Of it, to the filer, base units.
    event VerdictEnforced(uint64 indexed dispute, Kind indexed kind, bool isUpheld, uint96 taken, uint96 bounty);

    /// @notice Verdicts of disputes filed from now on cost this.
    /// @param kind `Downtime`, `Model` or `Agent`.
    /// @param penalty What it costs.
    event PenaltySet(Kind indexed kind, Penalty penalty);

    /// @notice Disputes a contribution, or one record of it, by kind `Licence` or `Data`.
    /// @param kind `Licence` or `Data`.
    /// @param contribution As it was committed.
    /// @param offence 0: all of it; else the record's index + 1, at most its count of records, inclusive.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    /// @return dispute Its number at the jury, from 1.
    function fileContribution(
        Kind kind,
        IContributionRegistry.Contribution calldata contribution,
        uint64 offence,
        bytes32 evidenceHash
    ) external returns (uint64 dispute);

    /// @notice Disputes an operator's conduct on a day, by kind `Downtime`, `Model` or `Agent`; locks what it may cost.
    /// @param kind `Downtime`, `Model` or `Agent`.
    /// @param subject See OFFENCES.
    /// @param day Days since 1970: today or one of the 21 before, inclusive.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    /// @return dispute Its number at the jury, from 1.
    function fileConduct(Kind kind, bytes32 subject, uint64 day, bytes32 evidenceHash) external returns (uint64 dispute);

    /// @notice Disputes the answer of a receipt: opens its case in the court, which takes it out of its epoch.
    /// @param opening The batch, shown against the market's chain.
    /// @param placed The receipt, with the proof of its place in that batch.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    /// @return dispute Its number at the jury, from 1.
    function fileAnswer(
        BatchOpening calldata opening,
        IReceiptCourt.PlacedReceipt calldata placed,
        bytes32 evidenceHash
    ) external returns (uint64 dispute);

    /// @notice Does what follows from a finished dispute over conduct or an answer. Anyone, once.
    /// @param dispute The dispute's number at the jury, from 1.
    function enforce(uint64 dispute) external;

    /// @notice Revokes what a dispute was upheld over. Anyone, once.
    /// @param dispute The dispute's number at the jury, from 1.
    /// @param contribution What the dispute is over, as it was committed.
    function enforceRevocation(uint64 dispute, IContributionRegistry.Contribution calldata contribution) external;

    /// @notice Sets what a kind's verdict costs in disputes to come. Governed.
    /// @param kind `Downtime`, `Model` or `Agent`.
    /// @param penalty Bounds as in `Penalty`.
    function setPenalty(Kind kind, Penalty calldata penalty) external;

    /// @notice What a kind's verdict costs in disputes filed now.
    /// @param kind What it is over.
    /// @return The penalty; all zeros for kinds over which no stake is at risk here.
    function penaltyOf(Kind kind) external view returns (Penalty memory);

    /// @notice A dispute by its number at the jury; all zeros for one that was not filed here.
    /// @param dispute The dispute's number at the jury, from 1.
    /// @return The dispute.
    function disputeOf(uint64 dispute) external view returns (Dispute memory);

    /// @notice The newest dispute over an offence; 0 when there was none.
    /// @param id Of the offence, see OFFENCES.
    /// @return Its number at the jury.
    function latestOf(bytes32 id) external view returns (uint64);
}
