// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ModelRegistryCardTest is ModelFixture {
    function test_TheOwnerReplacesAndWithdrawsIt() public {
        vm.startPrank(owner);
        bytes32[3] memory cards = [bytes32("first"), bytes32("second"), bytes32(0)];
        for (uint256 i = 0; i < cards.length; ++i) {
            vm.expectEmit(address(models));
            emit IModelRegistry.CardCommitted(base, cards[i]);
            models.commitCard(base, cards[i]);
        }
    }

    function test_RevertWhen_NotItsOwner() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, base, stranger, owner));
        vm.prank(stranger);
        models.commitCard(base, "card");
    }

    /// @dev Whose it was has no say any more.
    function test_RevertGiven_ItWasSold() public {
        vm.startPrank(owner);
        IERC721(address(models)).transferFrom(owner, stranger, base);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, base, owner, stranger));
        models.commitCard(base, "card");
        vm.startPrank(stranger);
        models.commitCard(base, "card");
    }

    function test_RevertWhen_Unknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 2));
        vm.prank(owner);
        models.commitCard(2, "card");
    }
}
