// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @notice Registers, schedules, cancels, deprecates and sells models as owners do, and keeps ghosts.
/// @dev Biased to what breaks: grants of nothing, of all there is and of what is just asked; clocks one second before, at and
/// after a change; the newest models, so that lineages grow deep.
contract ModelHandler is ModelFixture {
    /// @notice A second for which an answer was once given, and that answer.
    struct Sample {
        uint64 model;
        uint64 timestamp;
        uint16 modelBps;
        uint16 dataBps;
    }

    address[3] private _owners;
    Sample[] public samples;
    mapping(uint64 model => bytes32) public lineageHash;
    mapping(uint64 model => uint64) public deprecatedAt;
    uint256 public feesPaid;
    uint256 public registered;
    uint256 public refused;
    uint256 public scheduled;
    uint256 public cancelled;
    uint256 public deepest;
    bool public changedEarly;
    bool public strangerActed;

    function setUp() public override {
        super.setUp();
        _owners = [owner, alice, bob];
        for (uint256 i = 0; i < 3; ++i) {
            require(token.transfer(_owners[i], 1e26), "no funds");
            vm.prank(_owners[i]);
            token.approve(address(models), type(uint256).max);
        }
        lineageHash[base] = keccak256(abi.encode(models.upstreamOf(base)));
    }

    function registry() external view returns (IModelRegistry) {
        return models;
    }

    function sampleCount() external view returns (uint256) {
        return samples.length;
    }

    function tokensOf(address account) external view returns (uint256) {
        return token.balanceOf(account);
    }

    function treasuryAccount() external view returns (address) {
        return treasury;
    }

    function register(uint256 seed, uint256 grantSeed) external {
        IModelRegistry.Registration memory r = _registration(0, 0);
        r.derivativeBps = seed % 4 == 0 ? uint16((seed >> 8) % 400) : 0;
        r.maximumFee = type(uint96).max;
        r.upstream = _draw(grantSeed);
        if (seed % 11 == 0) r.supersedes = _pick(seed >> 16);
        bool isAdapter = seed % 2 == 0;
        r.revenue = _revenue(seed >> 32, isAdapter);
        bytes memory call = isAdapter
            ? abi.encodeCall(models.registerAdapter, (_pickBase(seed >> 64), r, _versions(1, 2)))
            : abi.encodeCall(models.registerBase, (r));
        uint96 fee = models.publishingFee();
        vm.prank(_owners[(seed >> 128) % 3]);
        (bool done, bytes memory result) = address(models).call(call);
        if (!done) {
            ++refused;
            return;
        }
        uint64 model = abi.decode(result, (uint64));
        ++registered;
        feesPaid += fee;
        IModelRegistry.Upstream[] memory list = models.upstreamOf(model);
        if (list.length > deepest) deepest = list.length;
        lineageHash[model] = keccak256(abi.encode(list));
        _sample(model);
    }

    function schedule(uint256 seed) external {
        uint64 model = _pick(seed);
        IModelRegistry.Revenue memory revenue = _revenue(seed >> 32, models.modelOf(model).versions.length != 0);
        (, IModelRegistry.Revenue memory before) = models.termsOf(model);
        vm.prank(_ownerOf(model));
        (bool done,) = address(models).call(abi.encodeCall(models.scheduleRevenue, (model, revenue)));
        if (done) ++scheduled;
        _requireSame(model, before);
        _sample(model);
    }

    function cancel(uint256 seed) external {
        uint64 model = _pick(seed);
        (, IModelRegistry.Revenue memory before) = models.termsOf(model);
        vm.prank(_ownerOf(model));
        (bool done,) = address(models).call(abi.encodeCall(models.cancelRevenue, (model)));
        if (done) ++cancelled;
        _requireSame(model, before);
    }

    /// @dev One second before, at or after the next change of a model, if one pends.
    function goToAChange(uint256 seed) external {
        uint64 model = _pick(seed);
        (,,,, uint64 effectiveAt) = models.revenueScheduleOf(model);
        if (effectiveAt <= vm.getBlockTimestamp()) return;
        uint64 time = effectiveAt + uint64((seed >> 32) % 3) - 1;
        if (time > vm.getBlockTimestamp()) vm.warp(time);
        _sample(model);
    }

    function wait(uint32 duration) external {
        vm.warp(vm.getBlockTimestamp() + duration % 4 days);
    }

    function deprecate(uint256 seed) external {
        if (seed % 4 != 0) return;
        uint64 model = _pick(seed >> 8);
        vm.prank(_ownerOf(model));
        (bool done,) = address(models).call(abi.encodeCall(models.deprecate, (model)));
        if (done) deprecatedAt[model] = uint64(vm.getBlockTimestamp());
    }

    function sell(uint256 seed) external {
        uint64 model = _pick(seed);
        address from = _ownerOf(model);
        vm.prank(from);
        IERC721(address(models)).transferFrom(from, _owners[(seed >> 64) % 3], model);
    }

    function govern(uint256 seed) external {
        models.setPublishingFee(uint96(seed % 3 == 0 ? 0 : seed % 1e20));
        if (seed % 7 == 0) models.pauseRegistration(uint64(vm.getBlockTimestamp() + seed % 1 hours));
    }

    function intrude(uint256 seed) external {
        uint64 model = _pick(seed);
        bytes[4] memory calls = [
            abi.encodeCall(models.scheduleRevenue, (model, _revenue(seed, false))),
            abi.encodeCall(models.cancelRevenue, (model)),
            abi.encodeCall(models.deprecate, (model)),
            abi.encodeCall(models.deprecateByVerdict, (model))
        ];
        vm.prank(stranger);
        (bool done,) = address(models).call(calls[(seed >> 32) % 4]);
        if (done) strangerActed = true;
    }

    function _draw(uint256 seed) private view returns (IModelRegistry.Upstream[] memory grants) {
        uint64 count = models.modelCount();
        grants = new IModelRegistry.Upstream[](seed % 3 > count ? count : seed % 3);
        if (grants.length == 0) return grants;
        // the newest ones, ascending
        uint64 last = count - uint64((seed >> 8) % (count < 3 ? count : 3));
        if (last < grants.length) last = uint64(grants.length);
        for (uint256 i = 0; i < grants.length; ++i) {
            uint64 model = last + 1 - uint64(grants.length - i);
            uint16 asks = models.modelOf(model).derivativeBps;
            uint16[4] memory choices =
                [asks, uint16(asks + (seed >> 32) % 100), uint16((seed >> 48) % 4501), uint16(4500)];
            grants[i] = IModelRegistry.Upstream(model, choices[(seed >> (64 + 8 * i)) % 4]);
        }
    }

    /// @dev Mostly within bounds; at the edges now and then.
    function _revenue(uint256 seed, bool hasVersions) private pure returns (IModelRegistry.Revenue memory) {
        if (!hasVersions) return IModelRegistry.Revenue(uint16(seed % 7003), uint16((seed >> 16) % 16 == 0 ? 1 : 0));
        uint16 dataBps = uint16(1999 + (seed >> 16) % 5003);
        return IModelRegistry.Revenue(uint16(seed % (7002 - (dataBps > 7001 ? 7001 : dataBps))), dataBps);
    }

    function _sample(uint64 model) private {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        IModelRegistry.Revenue memory revenue = models.revenueAt(model, now_);
        if (samples.length < 400) samples.push(Sample(model, now_, revenue.modelBps, revenue.dataBps));
    }

    function _requireSame(uint64 model, IModelRegistry.Revenue memory before) private {
        (, IModelRegistry.Revenue memory now_) = models.termsOf(model);
        if (now_.modelBps != before.modelBps || now_.dataBps != before.dataBps) changedEarly = true;
    }

    /// @dev A base mostly.
    function _pickBase(uint256 seed) private view returns (uint64 model) {
        model = _pick(seed);
        uint64 itsBase = models.modelOf(model).base;
        if (itsBase != 0 && seed % 16 != 0) model = itsBase;
    }

    function _pick(uint256 seed) private view returns (uint64) {
        return 1 + uint64(seed % models.modelCount());
    }

    function _ownerOf(uint64 model) private view returns (address) {
        return IERC721(address(models)).ownerOf(model);
    }
}
