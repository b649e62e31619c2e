// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../contracts/interfaces/IContributionRegistry.sol";
import {IDisputeManager} from "../contracts/interfaces/IDisputeManager.sol";
import {IInferenceMarket} from "../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../contracts/interfaces/IJury.sol";
import {IModelRegistry} from "../contracts/interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../contracts/interfaces/IReceiptCourt.sol";
import {IStakingManager} from "../contracts/interfaces/IStakingManager.sol";
import {DisputeManager} from "../contracts/staking/DisputeManager.sol";
import {Jury} from "../contracts/staking/Jury.sol";
import {ReceiptCourt} from "../contracts/verification/ReceiptCourt.sol";
import {ReceiptVerifier} from "../contracts/verification/ReceiptVerifier.sol";
import {AddressPredictor} from "./AddressPredictor.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title CourtsDeployer
/// @notice Deploys the receipt court with its verifier, and the dispute manager with its jury.
/// @dev Court and verifier, jury and manager name each other: the second's address is predicted from the deployer's nonce.
/// Order: `_deployReceiptCourt` may come before the market, whose address it takes; `_deployDisputes` after the court.
abstract contract CourtsDeployer is AddressPredictor {
    /// @param trial Seconds in which a batch can be demanded or tried. @param reveal Seconds for an answer.
    struct CourtClocks {
        uint64 trial;
        uint64 reveal;
        IJury.Clocks jury;
    }

    /// @notice What the courts judge and slash.
    struct CourtParties {
        address deployer;
        address authority;
        IERC20 token;
        IStakingManager staking;
        IInferenceMarket market;
        IModelRegistry models;
        IContributionRegistry contributions;
    }

    struct Courts {
        ReceiptCourt receiptCourt;
        ReceiptVerifier receiptVerifier;
        Jury jury;
        DisputeManager disputes;
    }

    uint96 internal constant DEMAND_DEPOSIT = 5e18;
    uint96 internal constant MINIMUM_SLASH = 1000e18;
    uint16 internal constant COURT_BOUNTY_BPS = 1000;
    uint96 internal constant DISPUTE_BOND = 1000e18;
    uint96 internal constant DISPUTE_QUORUM = 100_000e18;
    uint16 internal constant JUROR_FEE_BPS = 2000;
    uint16 internal constant DISPUTE_BOUNTY_BPS = 2000;

    function _deployReceiptCourt(CourtParties memory p, CourtClocks memory clocks, Courts memory c) internal {
        address predicted = _predict(p.deployer, 1);
        c.receiptCourt = new ReceiptCourt(
            p.authority,
            p.token,
            p.market,
            p.staking,
            predicted,
            clocks.reveal,
            clocks.trial,
            IReceiptCourt.Terms(DEMAND_DEPOSIT, MINIMUM_SLASH, COURT_BOUNTY_BPS)
        );
        c.receiptVerifier = new ReceiptVerifier(c.receiptCourt, p.market, p.models);
        _requireAt(predicted, address(c.receiptVerifier));
    }

    function _deployDisputes(CourtParties memory p, CourtClocks memory clocks, Courts memory c) internal {
        // behind the jury and the manager's code
        address predicted = _predict(p.deployer, 2);
        c.jury = new Jury(
            p.authority,
            p.token,
            p.staking,
            predicted,
            clocks.jury,
            IJury.Terms(DISPUTE_BOND, DISPUTE_QUORUM, JUROR_FEE_BPS)
        );
        DisputeManager code = new DisputeManager(c.jury, p.staking, c.receiptCourt, p.contributions, p.models);
        bytes memory initialization = abi.encodeCall(
            DisputeManager.initialize,
            (
                p.authority,
                IDisputeManager.Penalty(100, 5000e18, DISPUTE_BOUNTY_BPS),
                IDisputeManager.Penalty(1000, 20_000e18, DISPUTE_BOUNTY_BPS)
            )
        );
        c.disputes = DisputeManager(address(new ERC1967Proxy(address(code), initialization)));
        _requireAt(predicted, address(c.disputes));
    }
}
