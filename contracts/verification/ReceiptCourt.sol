// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IStakingManager} from "../interfaces/IStakingManager.sol";
import {BatchRefunds} from "./BatchRefunds.sol";
import {CourtBatches} from "./CourtBatches.sol";
import {ReceiptCases} from "./ReceiptCases.sol";
import {ReceiptDemands} from "./ReceiptDemands.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title ReceiptCourt
/// @notice Judges what binds an answer to its pay: that a batch's receipts chain, cost what the model's price says, stand on
/// vouchers and are complete.
contract ReceiptCourt is ReceiptDemands, ReceiptCases, BatchRefunds {
    /// @notice Fixes the clocks and the verifier for ever and sets the first terms.
    /// @param authority The AccessManager: governs the terms, names who may open cases.
    /// @param token_ OPEN.
    /// @param market_ The market whose batches are judged.
    /// @param staking_ The staking manager that faults are slashed by.
    /// @param verifier_ The only contract whose answers and proofs it takes.
    /// @param revealPeriod_ Seconds in which a demand is answered: at least 30 hours, on a local chain a second,
    /// inclusive.
    /// @param trialPeriod_ Seconds after a batch's settlement in which demands and cases open; with twice
    /// `revealPeriod_` at most the thaw of stakes, inclusive.
    /// @param terms_ Bounds as in `setTerms`.
    constructor(
        address authority,
        IERC20 token_,
        IInferenceMarket market_,
        IStakingManager staking_,
        address verifier_,
        uint64 revealPeriod_,
        uint64 trialPeriod_,
        Terms memory terms_
    )
        AccessManaged(authority)
        CourtBatches(token_, market_, staking_, verifier_, revealPeriod_, trialPeriod_, terms_)
    {}
}
