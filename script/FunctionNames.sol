// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionOracle} from "../contracts/interfaces/IAttributionOracle.sol";
import {IContributionRegistry} from "../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../contracts/interfaces/IDatanetRegistry.sol";
import {IDisputeManager} from "../contracts/interfaces/IDisputeManager.sol";
import {IEmergencyBrake} from "../contracts/interfaces/IEmergencyBrake.sol";
import {IInferenceMarket} from "../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../contracts/interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../contracts/interfaces/IReceiptCourt.sol";
import {IStakingManager} from "../contracts/interfaces/IStakingManager.sol";
import {ITreasury} from "../contracts/interfaces/ITreasury.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title FunctionNames
/// @notice The names of restricted functions by their selectors, for people: nothing on chain keeps them.
abstract contract FunctionNames {
    error FunctionNames_Unknown(bytes4 selector);

    struct FunctionName {
        bytes4 selector;
        string name;
    }

    /// @dev Reverts where the list lacks one: a report without it would be read as whole.
    function _functionName(bytes4 selector) internal pure returns (string memory) {
        FunctionName[] memory names = _functionNames();
        for (uint256 i = 0; i < names.length; ++i) {
            if (names[i].selector == selector) return names[i].name;
        }
        revert FunctionNames_Unknown(selector);
    }

    function _functionNames() private pure returns (FunctionName[] memory f) {
        f = new FunctionName[](26);
        f[0] = FunctionName(UUPSUpgradeable.upgradeToAndCall.selector, "upgradeToAndCall");
        f[1] = FunctionName(IAttributionOracle.setBond.selector, "setBond");
        f[2] = FunctionName(IInferenceMarket.setSplitConfig.selector, "setSplitConfig");
        f[3] = FunctionName(IInferenceMarket.setDestinations.selector, "setDestinations");
        f[4] = FunctionName(IModelRegistry.setPublishingFee.selector, "setPublishingFee");
        f[5] = FunctionName(IDatanetRegistry.setPublishingFee.selector, "setPublishingFee");
        f[6] = FunctionName(IModelRegistry.setTreasury.selector, "setTreasury");
        f[7] = FunctionName(IReceiptCourt.setTerms.selector, "setTerms");
        f[8] = FunctionName(IDisputeManager.setPenalty.selector, "setPenalty");
        f[9] = FunctionName(IStakingManager.setMinimumStake.selector, "setMinimumStake");
        f[10] = FunctionName(IStakingManager.lock.selector, "lock");
        f[11] = FunctionName(IStakingManager.unlock.selector, "unlock");
        f[12] = FunctionName(IStakingManager.slash.selector, "slash");
        f[13] = FunctionName(IReceiptCourt.openCase.selector, "openCase");
        f[14] = FunctionName(IReceiptCourt.strike.selector, "strike");
        f[15] = FunctionName(IReceiptCourt.clear.selector, "clear");
        f[16] = FunctionName(IContributionRegistry.revokeContribution.selector, "revokeContribution");
        f[17] = FunctionName(IContributionRegistry.revokeRecord.selector, "revokeRecord");
        f[18] = FunctionName(IModelRegistry.deprecateByVerdict.selector, "deprecateByVerdict");
        f[19] = FunctionName(IDatanetRegistry.wire.selector, "wire");
        f[20] = FunctionName(ITreasury.spend.selector, "spend");
        f[21] = FunctionName(ITreasury.fundStream.selector, "fundStream");
        f[22] = FunctionName(ITreasury.spendBeyondLimit.selector, "spendBeyondLimit");
        f[23] = FunctionName(IEmergencyBrake.setGuardian.selector, "setGuardian");
        f[24] = FunctionName(IEmergencyBrake.registerBit.selector, "registerBit");
        f[25] = FunctionName(IEmergencyBrake.retireBit.selector, "retireBit");
    }
}
