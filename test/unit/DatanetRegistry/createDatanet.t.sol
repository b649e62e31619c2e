// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

contract DatanetRegistryCreateDatanetTest is RegistryFixture {
    function test_MintsItsNumberToTheCaller() public {
        IDatanetRegistry.Rules memory rules = _validatorRules(7);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.DatanetCreated(2, owner, "Go", bytes32(0), _licences());
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.RulesScheduled(2, 1, rules, START);
        uint64 number = _createDatanet("Go", rules);

        assertEq(number, 2);
        assertEq(datanets.datanetCount(), 2);
        assertEq(IERC721(address(datanets)).ownerOf(2), owner);
        assertEq(datanets.datanetOf(2).name, "Go");
        assertEq(datanets.datanetOf(2).rules, 1);
        assertEq(datanets.datanetOf(2).nextRulesAt, 0);
        assertEq(abi.encode(datanets.rulesOf(2, 1)), abi.encode(rules));
        assertTrue(datanets.isLicenceAllowed(2, APACHE));
        assertFalse(datanets.isLicenceAllowed(2, "GPL-3.0"));
    }

    function test_DescribesTheCollection() public {
        IERC721Metadata collection = IERC721Metadata(address(datanets));

        assertEq(collection.name(), "OpenLedger Datanet");
        assertEq(collection.symbol(), "DATANET");
        assertEq(collection.tokenURI(datanet), "");
        vm.expectRevert(abi.encodeWithSignature("ERC721NonexistentToken(uint256)", 2));
        collection.tokenURI(2);
    }

    function test_RevertWhen_NameIsEmptyOrLong() public {
        bytes32[] memory licences = _licences();
        datanets.createDatanet(string(new bytes(64)), 0, licences, _rules());

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NameLengthOutOfRange.selector, 0, 64));
        datanets.createDatanet("", 0, licences, _rules());
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NameLengthOutOfRange.selector, 65, 64));
        datanets.createDatanet(string(new bytes(65)), 0, licences, _rules());
    }

    function test_RevertWhen_LicencesAreNoneOrTooMany() public {
        bytes32[] memory licences = new bytes32[](16);
        for (uint256 i; i < 16; ++i) {
            licences[i] = bytes32(i + 1);
        }
        datanets.createDatanet("Go", 0, licences, _rules());

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceCountOutOfRange.selector, 0, 16));
        datanets.createDatanet("Go", 0, new bytes32[](0), _rules());
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceCountOutOfRange.selector, 17, 16)
        );
        datanets.createDatanet("Go", 0, new bytes32[](17), _rules());
    }

    /// @dev A licence of zero would let contributions name none.
    function test_RevertWhen_ALicenceIsZero() public {
        bytes32[] memory licences = _licences();
        licences[1] = 0;
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, 2, 0));
        datanets.createDatanet("Go", 0, licences, _rules());
    }

    function test_RevertWhen_ARuleIsOutOfRange() public {
        IDatanetRegistry.Rules memory r = _validatorRules(0);
        r.decisionPeriod = 1 hours - 1;
        _refused(r, "decisionPeriod", 1 hours - 1, 1 hours, 90 days);
        r.decisionPeriod = 90 days + 1;
        _refused(r, "decisionPeriod", 90 days + 1, 1 hours, 90 days);
        r = _validatorRules(0);
        r.validatorsBps = 10_001;
        _refused(r, "validatorsBps", 10_001, 0, 10_000);
        r = _validatorRules(0);
        r.curationBps = 1001;
        _refused(r, "curationBps", 1001, 0, 1000);
        r = _validatorRules(0);
        r.acceptScore = 0;
        _refused(r, "acceptScore", 0, 1, 10_000);
        r.acceptScore = 10_001;
        _refused(r, "acceptScore", 10_001, 1, 10_000);
        r = _validatorRules(0);
        r.quorum = 0;
        _refused(r, "quorum", 0, 1, 255);
    }

    function test_RevertWhen_AWindowIsOutOfRange() public {
        IDatanetRegistry.Rules memory r = _validatorRules(0);
        r.commitPeriod = 10 minutes - 1;
        _refused(r, "commitPeriod", 10 minutes - 1, 10 minutes, 7 days);
        r.commitPeriod = 7 days + 1;
        _refused(r, "commitPeriod", 7 days + 1, 10 minutes, 7 days);
        r = _validatorRules(0);
        r.revealPeriod = 10 minutes - 1;
        _refused(r, "revealPeriod", 10 minutes - 1, 10 minutes, 7 days);
        r.revealPeriod = 7 days + 1;
        _refused(r, "revealPeriod", 7 days + 1, 10 minutes, 7 days);
        // no round would fit
        r = _validatorRules(0);
        r.decisionPeriod = 90 minutes - 1;
        _refused(r, "decisionPeriod", 90 minutes - 1, 90 minutes, 90 days);
    }

    function test_TakesEveryBound() public {
        IDatanetRegistry.Rules memory r = _validatorRules(type(uint96).max);
        (r.commitPeriod, r.revealPeriod, r.decisionPeriod) = (10 minutes, 50 minutes, 1 hours);
        (r.acceptScore, r.quorum, r.validatorsBps, r.curationBps) = (1, 1, 10_000, 1000);
        _createDatanet("least", r);
        (r.commitPeriod, r.revealPeriod, r.decisionPeriod) = (7 days, 7 days, 90 days);
        (r.acceptScore, r.quorum, r.validatorsBps, r.curationBps) = (10_000, 255, 0, 0);
        _createDatanet("most", r);
    }

    function test_LooksAtRoundsOnlyWhereValidatorsDecide() public {
        IDatanetRegistry.Rules memory r = _rules();
        assertEq(r.quorum, 0);
        _createDatanet("by the owner", r);
    }

    function test_DatanetOf_RevertWhen_Unknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        datanets.datanetOf(2);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 0));
        datanets.datanetOf(0);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownRules.selector, datanet, 2));
        datanets.rulesOf(datanet, 2);
    }

    function _refused(IDatanetRegistry.Rules memory r, bytes32 rule, uint256 value, uint256 minimum, uint256 maximum)
        private
    {
        bytes32[] memory licences = _licences();
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatanetRegistry.DatanetRegistry_RuleOutOfRange.selector, rule, value, minimum, maximum
            )
        );
        datanets.createDatanet("Go", 0, licences, r);
    }
}
