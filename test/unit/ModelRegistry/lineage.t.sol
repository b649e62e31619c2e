// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";

contract ModelRegistryLineageTest is ModelFixture {
    /// @dev What the fuzz test reckons with, by model: what it keeps, and what each asks of derivatives.
    mapping(uint64 model => mapping(uint64 upstream => uint256)) private kept;
    mapping(uint64 model => uint64[]) private lineage;
    mapping(uint64 model => uint16) private asked;

    function test_AdapterListsItsBase() public {
        uint64 adapter = _registerAdapter(_registration(0, 2000));

        _assertUpstream(adapter, _grants(base, 0));
    }

    function test_GrantsAreFlattened() public {
        uint64 middle = _registerBase(_derived(0, _grants(base, 3333)));
        IModelRegistry.Upstream[] memory expected = new IModelRegistry.Upstream[](2);
        // floor(5001 * 3333 / 10000) = 1666, and the dust stays with the one that passes on
        expected[0] = IModelRegistry.Upstream(base, 1666);
        expected[1] = IModelRegistry.Upstream(middle, 3335);

        vm.expectEmit(address(models));
        emit IModelRegistry.LineageFixed(3, 0, 77, expected);
        uint64 last = _registerBase(_derived(77, _grants(middle, 5001)));

        _assertUpstream(last, _grants(base, 1666, middle, 3335));
        assertEq(abi.encode(models.modelOf(last).upstream), abi.encode(expected));
    }

    /// @dev Two ways to one model are one entry; grants to it and what others pass on add up.
    function test_AModelStandsInTheListOnce() public {
        uint64 left = _registerBase(_derived(0, _grants(base, 5000)));
        uint64 right = _registerBase(_derived(0, _grants(base, 2500)));
        uint256[2][] memory grants = new uint256[2][](3);
        grants[0] = [base, uint256(100)];
        grants[1] = [left, uint256(1000)];
        grants[2] = [right, uint256(2000)];

        uint64 last = _registerBase(_derived(0, grants));

        grants[0] = [base, uint256(100 + 500 + 500)];
        grants[1] = [left, uint256(500)];
        grants[2] = [right, uint256(1500)];
        _assertUpstream(last, grants);
    }

    function test_AnAdapterInheritsItsBasesLineage() public {
        uint64 derived = _registerBase(_derived(0, _grants(base, 4000)));
        IModelRegistry.Registration memory r = _registration(0, 2000);

        uint64 adapter = _registerAdapter(derived, r);

        _assertUpstream(adapter, _grants(base, 0, derived, 0));
    }

    function test_EightFit_RevertWhen_ThereAreNine() public {
        uint256[2][] memory grants = new uint256[2][](8);
        for (uint256 i = 0; i < 8; ++i) {
            grants[i] = [i + 1, uint256(1125)];
            if (i != 0) _registerBase(_derived(0, _none()));
        }

        uint64 last = _registerBase(_derived(0, grants));

        _assertUpstream(last, grants);
        bytes memory tooMany = abi.encodeWithSelector(IModelRegistry.ModelRegistry_TooManyUpstream.selector, 8);
        vm.expectRevert(tooMany);
        _registerBase(_derived(0, _grants(last, 1)));
        vm.expectRevert(tooMany);
        _registerAdapter(last, _registration(0, 2000));
    }

    function test_RevertWhen_GrantsAreTooLarge() public {
        uint64 other = _registerBase(_derived(0, _none()));

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UpstreamTooLarge.selector, 9001, 9000));
        _registerBase(_derived(0, _grants(base, 4500, other, 4501)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UpstreamTooLarge.selector, 65_535, 9000));
        _registerBase(_derived(0, _grants(base, type(uint16).max)));
        _registerBase(_derived(0, _grants(base, 4500, other, 4500)));
    }

    function test_RevertWhen_GrantsAreNotAscending() public {
        uint64 other = _registerBase(_derived(0, _none()));

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UpstreamNotAscending.selector, 1));
        _registerBase(_derived(0, _grants(other, 1, base, 1)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UpstreamNotAscending.selector, 1));
        _registerBase(_derived(0, _grants(base, 1, base, 1)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UpstreamNotAscending.selector, 0));
        _registerBase(_derived(0, _grants(0, 1)));
    }

    /// @dev Only older numbers: neither a model's own nor a later one's.
    function test_RevertWhen_UpstreamIsNotRegisteredYet() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 2));
        _registerBase(_derived(0, _grants(2, 1)));
    }

    function test_RevertWhen_ADirectGrantIsBelowWhatIsAsked() public {
        uint64 asking = _registerBase(_derived(5000, _none()));

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_GrantTooSmall.selector, asking, 4999, 5000));
        _registerBase(_derived(0, _grants(asking, 4999)));
        _registerBase(_derived(0, _grants(asking, 5000)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_GrantTooSmall.selector, asking, 0, 5000));
        _registerAdapter(asking, _registration(0, 2000));
    }

    /// @dev What a model passes on to its own upstream counts as granted to it.
    function test_AGrantCountsWhole() public {
        uint64 asking = _registerBase(_derived(2000, _grants(base, 5000)));

        uint64 last = _registerBase(_derived(0, _grants(asking, 2000)));

        _assertUpstream(last, _grants(base, 1000, asking, 1000));
    }

    /// @dev Random graphs against a reckoning by model, without lists or order.
    function testFuzz_FlattensExactly(uint256 seed) public {
        for (uint64 next = 2; next < 14; ++next) {
            seed = uint256(keccak256(abi.encode(seed)));
            (uint256[2][] memory grants, uint256 sum) = _draw(seed, next);
            uint16 derivativeBps = seed % 4 == 0 ? uint16((seed >> 200) % 300) : 0;
            _reckon(next, grants);
            bool fits = sum <= 9000 && lineage[next].length <= 8 && _pays(next, grants);

            vm.prank(owner);
            (bool done,) = address(models).call(abi.encodeCall(models.registerBase, (_derived(derivativeBps, grants))));

            assertEq(done, fits, "accepted");
            if (!done) {
                _forget(next);
                _registerBase(_derived(derivativeBps, _none()));
            } else {
                _assertReckoned(next, sum);
            }
            asked[next] = derivativeBps;
        }
    }

    function _draw(uint256 seed, uint64 next) private pure returns (uint256[2][] memory grants, uint256 sum) {
        uint256[2][] memory all = new uint256[2][](4);
        uint256 count;
        for (uint64 model = 1 + uint64(seed % 3); model < next && count < 4; model += 1 + uint64((seed >> 16) % 4)) {
            uint256 bps = uint256(keccak256(abi.encode(seed, model))) % (count == 0 ? 8000 : 700);
            all[count++] = [model, bps];
            sum += bps;
        }
        grants = new uint256[2][](count);
        for (uint256 i = 0; i < count; ++i) {
            grants[i] = all[i];
        }
    }

    function _reckon(uint64 next, uint256[2][] memory grants) private {
        for (uint256 i = 0; i < grants.length; ++i) {
            uint64 direct = uint64(grants[i][0]);
            uint256 rest = grants[i][1];
            for (uint256 j = 0; j < lineage[direct].length; ++j) {
                uint64 above = lineage[direct][j];
                uint256 part = grants[i][1] * kept[direct][above] / 10_000;
                _note(next, above, part);
                rest -= part;
            }
            _note(next, direct, rest);
        }
    }

    function _note(uint64 next, uint64 upstream, uint256 bps) private {
        bool known;
        for (uint256 i = 0; i < lineage[next].length; ++i) {
            if (lineage[next][i] == upstream) known = true;
        }
        if (!known) lineage[next].push(upstream);
        kept[next][upstream] += bps;
    }

    function _forget(uint64 next) private {
        for (uint256 i = 0; i < lineage[next].length; ++i) {
            kept[next][lineage[next][i]] = 0;
        }
        delete lineage[next];
    }

    /// @dev Whether everybody gets what it asks: what it keeps and what it passes on.
    function _pays(uint64 next, uint256[2][] memory grants) private view returns (bool) {
        for (uint256 i = 0; i < lineage[next].length; ++i) {
            uint64 upstream = lineage[next][i];
            uint256 granted = kept[next][upstream];
            for (uint256 j = 0; j < grants.length; ++j) {
                if (grants[j][0] != upstream) continue;
                for (uint256 k = 0; k < lineage[upstream].length; ++k) {
                    granted += grants[j][1] * kept[upstream][lineage[upstream][k]] / 10_000;
                }
            }
            if (granted < asked[upstream]) return false;
        }
        return true;
    }

    function _assertReckoned(uint64 next, uint256 sum) private view {
        IModelRegistry.Upstream[] memory list = models.upstreamOf(next);
        assertEq(list.length, lineage[next].length, "length");
        uint256 total;
        for (uint256 i = 0; i < list.length; ++i) {
            assertEq(list[i].bps, kept[next][list[i].model], "bps");
            if (i != 0) assertGt(list[i].model, list[i - 1].model, "ascending");
            total += list[i].bps;
        }
        assertEq(total, sum, "conserved");
    }

    function _assertUpstream(uint64 model, uint256[2][] memory expected) private view {
        IModelRegistry.Upstream[] memory upstream = models.upstreamOf(model);
        assertEq(upstream.length, expected.length, "length");
        for (uint256 i = 0; i < upstream.length; ++i) {
            assertEq(upstream[i].model, expected[i][0], "model");
            assertEq(upstream[i].bps, expected[i][1], "bps");
        }
    }
}
