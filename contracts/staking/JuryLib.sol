// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IJury} from "../interfaces/IJury.sol";
import {CommitRevealLib} from "../libraries/CommitRevealLib.sol";

/// @title JuryLib
/// @notice What two rounds of votes come to, and who shares which bond; `IJury`, JURY and MONEY, defines it.
library JuryLib {
    /// @dev A juror's revealed vote; its weight is 0 once it has claimed.
    struct Ballot {
        IJury.Vote vote;
        uint96 weight;
    }

    /// @param side The vote that shares the pot; `None`: all. @param pot What its jurors still share. @param potWeight Whose
    /// weight still shares it.
    struct Panel {
        uint96 uphold;
        uint96 dismiss;
        IJury.Vote side;
        uint96 pot;
        uint96 potWeight;
        CommitRevealLib.Round round;
        mapping(address juror => Ballot) ballots;
    }

    struct Outcome {
        bool isUpheld;
        bool byDefault;
        uint96 toFiler;
        uint96 toAppellant;
        uint96[2] pots;
    }

    uint256 internal constant BPS = 10_000;
    /// @dev An appellant's bond and the second round's quorum, in those of the first.
    uint96 internal constant APPEAL_FACTOR = 2;

    /// @notice Decides and divides: toFiler + toAppellant + pots are both bonds. Writes the panels' pots.
    function decide(IJury.Hearing storage h, Panel storage first, Panel storage second)
        internal
        returns (Outcome memory o)
    {
        bool appealed = h.appellant != address(0);
        bool firstHolds = _hasQuorum(first, h.quorum);
        bool secondHolds = appealed && _hasQuorum(second, uint256(h.quorum) * APPEAL_FACTOR);
        bool firstUpholds = firstHolds && first.uphold > first.dismiss;
        o.isUpheld = secondHolds ? second.uphold > second.dismiss : firstUpholds;
        o.byDefault = !firstHolds && !secondHolds;

        (o.pots[0], o.toFiler) = _divide(h.bond, h.jurorFeeBps);
        if (!o.isUpheld && !o.byDefault) {
            o.pots[secondHolds ? 1 : 0] += o.toFiler;
            o.toFiler = 0;
        }
        if (appealed) {
            (uint96 fee, uint96 rest) = _divide(h.bond * APPEAL_FACTOR, h.jurorFeeBps);
            bool confirmed = secondHolds && o.isUpheld == firstUpholds;
            o.pots[1] += confirmed ? fee + rest : fee;
            o.toAppellant = confirmed ? 0 : rest;
        }
        _share(o, first, second, secondHolds);
    }

    /// @notice Takes a juror's part out of a pot; the last one gets what is left.
    function draw(Panel storage panel, address juror) internal returns (uint96 amount) {
        Ballot storage ballot = panel.ballots[juror];
        uint96 weight = ballot.weight;
        if (weight == 0 || (panel.side != IJury.Vote.None && panel.side != ballot.vote)) return 0;

        // weight <= potWeight: at most the pot
        amount = uint96(uint256(panel.pot) * weight / panel.potWeight);

        ballot.weight = 0;
        panel.pot -= amount;
        panel.potWeight -= weight;
    }

    /// @dev Names who shares each pot. A jury that decided by its quorum has votes for its verdict, so that somebody shares its pot:
    /// nobody shares the first pot only where the second jury decided or none did.
    function _share(Outcome memory o, Panel storage first, Panel storage second, bool secondHolds) private {
        IJury.Vote verdict = o.isUpheld ? IJury.Vote.Uphold : IJury.Vote.Dismiss;
        first.side = o.byDefault ? IJury.Vote.None : verdict;
        first.potWeight = _weightOf(first);
        second.side = secondHolds ? verdict : IJury.Vote.None;
        second.potWeight = _weightOf(second);

        if (first.potWeight == 0) {
            if (secondHolds) o.pots[1] += o.pots[0];
            else o.toFiler += o.pots[0];
            o.pots[0] = 0;
        }
        if (second.potWeight == 0) {
            o.toAppellant += o.pots[1];
            o.pots[1] = 0;
        }
        first.pot = o.pots[0];
        second.pot = o.pots[1];
    }

    function _hasQuorum(Panel storage panel, uint256 quorum) private view returns (bool) {
        return uint256(panel.uphold) + panel.dismiss >= quorum;
    }

    function _weightOf(Panel storage panel) private view returns (uint96) {
        if (panel.side == IJury.Vote.Uphold) return panel.uphold;
        if (panel.side == IJury.Vote.Dismiss) return panel.dismiss;
        // stakes of one token, whose supply fits 96 bits: checked all the same
        return panel.uphold + panel.dismiss;
    }

    function _divide(uint96 bond, uint16 feeBps) private pure returns (uint96 fee, uint96 rest) {
        // feeBps is at most 5,000
        fee = uint96(uint256(bond) * feeBps / BPS);
        rest = bond - fee;
    }
}
