// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {ContributionLib} from "../../../contracts/registry/ContributionLib.sol";
import {DatanetDomainLib} from "../../../contracts/registry/DatanetDomainLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @notice The domain as a contract at another address computes it.
contract ContributionDomain {
    function digest(bytes32 structHash) external view returns (bytes32) {
        return DatanetDomainLib.digest(DatanetDomainLib.CONTRIBUTIONS, structHash);
    }
}

contract ContributionLibVectorsTest is VectorReader {
    function setUp() public {
        _read("datanet.json");
    }

    function testDiff_Digest_MatchesVectors() public {
        while (_next("contribution")) {
            IContributionRegistry.Contribution memory c = _contribution();
            c.number = uint64(_number("number"));
            c.committedAt = uint64(_number("committedAt"));
            assertEq(ContributionLib.digest(c), bytes31(_bytes("digest")), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Contribute_MatchesVectors() public {
        while (_next("contribute")) {
            vm.chainId(_number("chainId"));
            address registry = _account("contract");
            vm.etch(registry, type(ContributionDomain).runtimeCode);
            bytes32 structHash =
                ContributionLib.structHash(_contribution(), uint64(_number("nonce")), uint64(_number("deadline")));
            assertEq(ContributionDomain(registry).digest(structHash), _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Revocations_MatchesVectors() public {
        bytes32 hash;
        while (_next("revocation")) {
            hash = ContributionLib.revocationsHash(hash, uint64(_number("contribution")), uint32(_number("index")));
            assertEq(hash, _word("hash"), row);
        }
        assertGt(rowCount, 1);
    }

    function _contribution() private view returns (IContributionRegistry.Contribution memory c) {
        c.datanet = uint64(_number("datanet"));
        c.contributor = _account("contributor");
        c.recordCount = uint32(_number("recordCount"));
        c.rules = uint32(_number("rules"));
        c.recordsRoot = _word("recordsRoot");
        c.licence = _word("licence");
        c.dataHash = _word("dataHash");
    }
}
