// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {LeafLib} from "../../../contracts/libraries/LeafLib.sol";
import {AttributionVerifier} from "../../../contracts/verification/AttributionVerifier.sol";
import {Test} from "forge-std/Test.sol";

/// @dev A receipt of three contributors and a pool, honest until something is planted in it.
contract AttributionVerifierSharesTest is Test {
    address private constant POOL = address(7);
    uint256 private constant WEIGHT = 1000;

    AttributionVerifier private _verifier;
    IAttributionVerifier.CreditedRecord[] private _records;
    IAttributionOracle.Share[] private _shares;

    function setUp() public {
        _verifier = new AttributionVerifier();
        _list(1, 1, 5, 20_000, address(0xb0000000000000000000));
        _list(1, 1, 9, 20_000, address(0xc0000000000000000000));
        _list(2, 1, 0, 700, address(0xb0000000000000000000));
        _list(2, 2, 0, 700, address(0xa0000000000000000000));
        _share(POOL, 65_536 - 41_400);
        _share(address(0xa0000000000000000000), 700);
        _share(address(0xb0000000000000000000), 20_700);
        _share(address(0xc0000000000000000000), 20_000);
    }

    function test_HonestIsNoFault() public {
        _expectNoFault(POOL);
    }

    function test_AllIsThePools() public {
        delete _records;
        delete _shares;
        _share(POOL, 65_536);

        _expectNoFault(POOL);
    }

    function test_ModelWithoutDatanets() public {
        delete _records;
        delete _shares;
        _expectNoFault(address(0));

        _share(POOL, 65_536);
        _assertFault(address(0), IAttributionVerifier.ShareFault.NotWhole);
    }

    /// @dev The share that the receipt commits to is one less or one more than its credit makes.
    function testFuzz_RecordOffByOneConvicts(uint256 record, bool isLess) public {
        record = bound(record, 0, 3);
        uint256 credit = _records[record].credit;
        _records[record].credit = isLess ? credit + WEIGHT : credit - credit % WEIGHT - 1;

        _assertFault(POOL, IAttributionVerifier.ShareFault.Record);
    }

    function test_WeightlessRecordConvicts() public {
        assertEq(
            uint8(_verifier.proveShares(_hash(), _attribution(), _records, 0, POOL)),
            uint8(IAttributionVerifier.ShareFault.Record)
        );
    }

    function test_ShareOfNothingConvicts() public {
        _list(3, 1, 1, 0, address(0xc0000000000000000000));

        _assertFault(POOL, IAttributionVerifier.ShareFault.Record);
    }

    function test_OrderConvicts() public {
        IAttributionVerifier.CreditedRecord memory first = _records[0];
        _records[0] = _records[1];
        _records[1] = first;
        _assertFault(POOL, IAttributionVerifier.ShareFault.Order);
        _records[0] = first;
        // the same record twice
        _records[1] = first;
        _assertFault(POOL, IAttributionVerifier.ShareFault.Order);
    }

    function test_65RecordsConvict() public {
        delete _records;
        delete _shares;
        for (uint64 i = 0; i < 64; ++i) {
            _list(1, 1, i, 1, address(0xb0000000000000000000));
        }
        _share(POOL, 65_536 - 64);
        _share(address(0xb0000000000000000000), 64);
        _expectNoFault(POOL);

        _list(1, 1, 64, 1, address(0xb0000000000000000000));
        (_shares[0].share, _shares[1].share) = (65_536 - 65, 65);
        _assertFault(POOL, IAttributionVerifier.ShareFault.Order);
    }

    function test_SharesThatAreNotWholeConvict() public {
        _shares[1].share += 1;
        _assertFault(POOL, IAttributionVerifier.ShareFault.NotWhole);
    }

    function testFuzz_ContributorOffByOneConvicts(uint256 which, uint256 other) public {
        which = bound(which, 0, 3);
        other = (which + bound(other, 1, 3)) % 4;
        _shares[which].share += 1;
        _shares[other].share -= 1;

        _assertFault(POOL, IAttributionVerifier.ShareFault.Contributor);
    }

    function test_ContributorLeftOutConvicts() public {
        _shares[0].share += _shares[1].share;
        _shares[1] = _shares[2];
        _shares[2] = _shares[3];
        _shares.pop();

        _assertFault(POOL, IAttributionVerifier.ShareFault.Contributor);
    }

    /// @dev What is left goes to the pool of the model and to no other account.
    function test_RestForAnotherConvicts() public {
        _assertFault(address(8), IAttributionVerifier.ShareFault.Contributor);
    }

    function test_RevertWhen_AttributionIsAnother() public {
        IAttributionOracle.Attribution memory attribution = _attribution();
        bytes32 committed = _hash();
        attribution.shares[0].share += 1;
        bytes memory packed;
        for (uint256 i = 0; i < 4; ++i) {
            packed = abi.encodePacked(packed, attribution.shares[i].account, attribution.shares[i].share);
        }
        bytes32 revealed = LeafLib.attribution(
            keccak256(abi.encodePacked(LeafLib.SHARES, packed)), attribution.recordsHash, attribution.methodHash
        );

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_AttributionMismatch.selector, committed, revealed
            )
        );
        _verifier.proveShares(committed, attribution, _records, WEIGHT, POOL);
    }

    function test_RevertWhen_RecordsAreOthers() public {
        IAttributionOracle.Attribution memory attribution = _attribution();
        bytes32 committed = _hash();
        _records[1].share += 1;

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_RecordsMismatch.selector,
                attribution.recordsHash,
                _recordsHash()
            )
        );
        _verifier.proveShares(committed, attribution, _records, WEIGHT, POOL);
    }

    function _list(uint64 datanet, uint32 version, uint64 index, uint32 share, address contributor) private {
        // a rest of 0 or all but one of a share
        uint256 rest = index % 2 == 0 ? 0 : WEIGHT - 1;
        _records.push(
            IAttributionVerifier.CreditedRecord(datanet, version, index, share, contributor, share * WEIGHT + rest)
        );
    }

    function _share(address account, uint32 share) private {
        _shares.push(IAttributionOracle.Share(account, share));
    }

    function _expectNoFault(address pool) private {
        IAttributionOracle.Attribution memory attribution = _attribution();
        bytes32 committed = _hash();

        vm.expectRevert(IAttributionVerifier.AttributionVerifier_NoFault.selector);
        _verifier.proveShares(committed, attribution, _records, WEIGHT, pool);
    }

    function _assertFault(address pool, IAttributionVerifier.ShareFault fault) private view {
        assertEq(uint8(_verifier.proveShares(_hash(), _attribution(), _records, WEIGHT, pool)), uint8(fault));
    }

    function _attribution() private view returns (IAttributionOracle.Attribution memory) {
        return IAttributionOracle.Attribution(_shares, _recordsHash(), keccak256("method"));
    }

    function _hash() private view returns (bytes32) {
        bytes memory packed = abi.encodePacked(keccak256("OpenLedger.Shares.v1"));
        for (uint256 i = 0; i < _shares.length; ++i) {
            packed = abi.encodePacked(packed, _shares[i].account, _shares[i].share);
        }
        return keccak256(
            abi.encodePacked(
                keccak256("OpenLedger.Attribution.v1"), keccak256(packed), _recordsHash(), keccak256("method")
            )
        );
    }

    function _recordsHash() private view returns (bytes32) {
        bytes memory packed = abi.encodePacked(keccak256("OpenLedger.AttributionRecords.v1"));
        for (uint256 i = 0; i < _records.length; ++i) {
            IAttributionVerifier.CreditedRecord memory one = _records[i];
            packed = abi.encodePacked(packed, one.datanet, one.version, one.recordIndex, one.share);
        }
        return keccak256(packed);
    }
}
