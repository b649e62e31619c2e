// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../fixture/GenesisFixture.sol";

/// @notice Claims and moves grants as beneficiaries, heirs and strangers do, and keeps ghosts.
/// @dev Biased to what breaks: seconds around each bend of the schedules, grants of one base unit, claims twice in a second.
contract GenesisHandler is GenesisFixture {
    /// @dev What holders were paid, reckoned from their balances' rise during claims.
    mapping(address holder => uint256) public paidTo;
    mapping(uint256 allocation => uint256) public paidOf;
    uint256 public paid;
    uint256 public claims;
    uint256 public moves;
    bool public paidSomebodyElse;
    bool public paidTwice;
    bool public claimedFell;
    bool public paidBesideTheSchedule;
    bool public movedByStranger;

    address[] private _holders;
    mapping(uint256 allocation => mapping(uint256 index => address)) private _holderOf;

    constructor() {
        setUp();
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            for (uint256 j = 0; j < grants[i].length; ++j) {
                _holderOf[i][j] = grants[i][j].beneficiary;
                _holders.push(grants[i][j].beneficiary);
            }
        }
    }

    /// @dev Everybody in one second: where parts rounded up would exceed the whole.
    function claimAllOf(uint256 which) external {
        for (uint256 i = 0; i < grants[which % ALLOCATIONS].length; ++i) {
            claim(which, i);
        }
    }

    function move(uint256 which, uint256 index, uint8 heir) external {
        (uint256 allocation, uint256 place) = _pick(which, index);
        // few heirs: grants meet in one hand and come back to it
        address to = heir % 4 == 0
            ? grants[allocation][place].beneficiary
            : address(uint160(uint256(keccak256(abi.encode("heir", heir % 4)))));
        vm.prank(_holderOf[allocation][place]);
        genesis.moveGrant(grants[allocation][place], _place(allocation, place), to);
        _holderOf[allocation][place] = to;
        _holders.push(to);
        ++moves;
    }

    function steal(uint256 which, uint256 index) external {
        (uint256 allocation, uint256 place) = _pick(which, index);
        vm.prank(stranger);
        try genesis.moveGrant(grants[allocation][place], _place(allocation, place), stranger) {
            movedByStranger = true;
        } catch {}
    }

    function wait(uint32 duration) external {
        vm.warp(vm.getBlockTimestamp() + bound(duration, 1, 200 days));
    }

    /// @dev To a second before, at or after genesis, the cliff's end, the last month's, whichever lies ahead.
    function waitForBend(uint256 which) external {
        uint64[3] memory bends = [GENESIS_AT, GENESIS_AT + 12 * MONTH, GENESIS_AT + 48 * MONTH];
        for (uint256 i = 0; i < bends.length; ++i) {
            uint256 moment = bends[i] + which % 3 - 1;
            if (moment <= vm.getBlockTimestamp()) continue;
            vm.warp(moment);
            return;
        }
    }

    function claimAll() external returns (uint256 amount) {
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            for (uint256 j = 0; j < grants[i].length; ++j) {
                amount += _tryClaim(i, j);
            }
        }
    }

    function grantCount(uint256 allocation) external view returns (uint256) {
        return grants[allocation].length;
    }

    function grantAt(uint256 allocation, uint256 index) external view returns (IGenesis.Grant memory) {
        return grants[allocation][index];
    }

    function holderCount() external view returns (uint256) {
        return _holders.length;
    }

    function holderAt(uint256 index) external view returns (address) {
        return _holders[index];
    }

    function world() external view returns (IGenesis, address) {
        return (genesis, address(token));
    }

    function claim(uint256 which, uint256 index) public {
        (uint256 allocation, uint256 place) = _pick(which, index);
        uint96 before = genesis.positionOf(Allocation(allocation), uint64(place)).claimed;
        uint96 vested = genesis.vestedAt(grants[allocation][place], uint64(vm.getBlockTimestamp()));
        address holder = _holderOf[allocation][place];
        uint256 balance = token.balanceOf(holder);
        if (vested == before) {
            if (_tryClaim(allocation, place) != 0) paidBesideTheSchedule = true;
            return;
        }

        uint256 amount = _tryClaim(allocation, place);
        uint256 rise = token.balanceOf(holder) - balance;

        if (amount != vested - before) paidBesideTheSchedule = true;
        if (rise != amount) paidSomebodyElse = true;
        if (_tryClaim(allocation, place) != 0) paidTwice = true;
        if (genesis.positionOf(Allocation(allocation), uint64(place)).claimed < before) claimedFell = true;
        paidTo[holder] += rise;
        paidOf[allocation] += rise;
        paid += rise;
        ++claims;
    }

    function _tryClaim(uint256 allocation, uint256 index) private returns (uint96) {
        try genesis.claim(grants[allocation][index], _place(allocation, index)) returns (uint96 amount) {
            return amount;
        } catch {
            return 0;
        }
    }

    function _pick(uint256 which, uint256 index) private view returns (uint256 allocation, uint256 place) {
        allocation = which % ALLOCATIONS;
        place = index % grants[allocation].length;
    }
}
