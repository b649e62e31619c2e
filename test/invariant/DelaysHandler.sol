// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../contracts/governance/Roles.sol";
import {GovernanceFixture} from "../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../fixture/GovernedValue.sol";
import {UpgradeableValue} from "../fixture/UpgradeableValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice Proposals of every role and outcome, taken further at any time, with a bias to the seconds around each boundary; and
/// keys that try everything directly.
contract DelaysHandler is GovernanceFixture {
    uint256 private constant KINDS = 6;

    Proposal[] private _proposals;
    mapping(uint256 id => uint256) private _kind;
    mapping(uint256 id => uint256) private _queuedAt;
    mapping(uint256 id => bool) private _mayPass;
    mapping(uint256 id => bool) private _vetoed;
    UpgradeableValue[2] private _proxies;
    address[4] private _keys;
    uint256 private _nonce;

    uint256 public executed;
    uint256 public vetoed;
    uint256 public upgrades;
    bool public executedEarly;
    bool public executedUnvoted;
    bool public executedVetoed;
    bool public executedLate;
    bool public keyActed;
    bool public upgradedOtherwise;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 11_000_000e18);
        stake.addOwn(bob, 5_000_000e18);
        _keys = [address(factory), guardian, brakeGuardian, alice];
        vm.warp(block.timestamp + 1);
    }

    function _wireMore() internal override {
        for (uint256 i; i < 2; ++i) {
            address code = address(new UpgradeableValue(0));
            _proxies[i] = UpgradeableValue(
                address(new ERC1967Proxy(code, abi.encodeCall(UpgradeableValue.initialize, (address(manager)))))
            );
            // the second stands for a contract that slashes
            factory.restrictUpgrades(manager, address(_proxies[i]), i == 1);
        }
    }

    function propose(uint256 kind) external {
        kind %= KINDS;
        Proposal memory p = _described(_content(kind), vm.toString(++_nonce));
        _propose(alice, p);
        _proposals.push(p);
        _kind[p.id] = kind;
    }

    /// @param outcome What alice, and what bob votes.
    function vote(uint256 which, uint256 outcome) external {
        (Proposal memory p, bool known) = _pick(which);
        if (!known || governor.state(p.id) != IGovernor.ProposalState.Active) return;
        uint8 aliceSupport = outcome % 8 == 0 ? AGAINST : FOR;
        if (!governor.hasVoted(p.id, alice)) {
            _vote(alice, p, aliceSupport);
            _mayPass[p.id] = aliceSupport == FOR;
        }
        if (outcome % 3 == 0 && !governor.hasVoted(p.id, bob)) _vote(bob, p, uint8(outcome >> 8) % 3);
    }

    /// @dev The next step of a proposal's life, in the first second in which it may be taken, or one around it.
    function advance(uint256 which, uint256 time) external {
        (Proposal memory p, bool known) = _pick(which);
        if (!known) return;
        IGovernor.ProposalState current = governor.state(p.id);
        if (current == IGovernor.ProposalState.Pending) {
            vm.warp(governor.proposalSnapshot(p.id) + 1);
        } else if (current == IGovernor.ProposalState.Active && !governor.hasVoted(p.id, alice)) {
            _vote(alice, p, FOR);
            _mayPass[p.id] = true;
        } else if (current == IGovernor.ProposalState.Active) {
            vm.warp(governor.proposalDeadline(p.id) + time % 2);
        } else if (current == IGovernor.ProposalState.Succeeded) {
            this.queue(which);
        } else if (current == IGovernor.ProposalState.Queued) {
            uint256 next = governor.proposalEta(p.id) - 1 + time % 3;
            if (time % 8 == 7) next = governor.proposalEta(p.id) + 7 days - 1 + time % 3;
            if (next > block.timestamp) vm.warp(next);
            this.execute(which);
        }
    }

    function queue(uint256 which) external {
        (Proposal memory p, bool known) = _pick(which);
        if (!known) return;
        (bool done,) = address(governor)
            .call(abi.encodeCall(governor.queue, (p.targets, p.values, p.calldatas, keccak256(bytes(p.description)))));
        if (done) _queuedAt[p.id] = block.timestamp;
    }

    function execute(uint256 which) external {
        (Proposal memory p, bool known) = _pick(which);
        if (!known) return;
        uint256[2] memory before = [_numberOf(0), _numberOf(1)];

        (bool done,) = address(governor)
            .call(abi.encodeCall(governor.execute, (p.targets, p.values, p.calldatas, keccak256(bytes(p.description)))));

        if (!done) {
            if (_numberOf(0) != before[0] || _numberOf(1) != before[1]) upgradedOtherwise = true;
            return;
        }
        ++executed;
        uint256 waited = block.timestamp - _queuedAt[p.id];
        uint256 delay = _delay(_kind[p.id]);
        if (_queuedAt[p.id] == 0 || waited < delay) executedEarly = true;
        if (waited >= delay + 7 days) executedLate = true;
        if (!_mayPass[p.id]) executedUnvoted = true;
        if (_vetoed[p.id]) executedVetoed = true;
        if (_numberOf(0) != before[0] || _numberOf(1) != before[1]) ++upgrades;
    }

    function veto(uint256 which) external {
        (Proposal memory p, bool known) = _pick(which);
        if (!known || which % 3 != 0) return;
        vm.prank(guardian);
        (bool done,) = address(governor)
            .call(abi.encodeCall(governor.cancel, (p.targets, p.values, p.calldatas, keccak256(bytes(p.description)))));
        if (!done) return;
        _vetoed[p.id] = true;
        ++vetoed;
    }

    /// @dev Any second, or one around a boundary of a proposal.
    function pass(uint256 kind, uint256 which, uint256 time) external {
        (Proposal memory p, bool known) = _pick(which);
        uint256 next = block.timestamp + time % 3 days;
        if (known && kind % 4 == 0) next = governor.proposalSnapshot(p.id) + time % 3;
        if (known && kind % 4 == 1) next = governor.proposalDeadline(p.id) + time % 3;
        uint256 eta = known ? governor.proposalEta(p.id) : 0;
        if (eta != 0 && kind % 4 == 2) next = eta - 1 + time % 3;
        if (eta != 0 && kind % 16 == 3) next = eta + 7 days - 1 + time % 3;
        if (next > block.timestamp) vm.warp(next);
    }

    /// @dev A key that tries what only proposals may do.
    function trespass(uint256 who, uint256 kind) external {
        address key = _keys[who % 4];
        Proposal memory p = _content(kind % KINDS);
        (address target_, bytes memory data) = (p.targets[0], p.calldatas[0]);
        bool done;
        vm.prank(key);
        (done,) = target_.call(data);
        if (done) keyActed = true;
        vm.prank(key);
        (done,) = address(manager).call(abi.encodeCall(manager.schedule, (target_, data, 0)));
        if (done) keyActed = true;
        vm.prank(key);
        (done,) = address(manager).call(abi.encodeCall(manager.execute, (target_, data)));
        if (done) keyActed = true;
        vm.prank(key);
        (done,) = address(manager).call(abi.encodeCall(manager.cancel, (address(governor), target_, data)));
        if (done) keyActed = true;
    }

    function aKeyHoldsARole() external view returns (bool) {
        for (uint64 role; role < 8; ++role) {
            for (uint256 i; i < _keys.length; ++i) {
                (uint48 since,,,) = manager.getAccess(role, _keys[i]);
                if (since != 0) return true;
            }
        }
        return false;
    }

    function proposalCount() external view returns (uint256) {
        return _proposals.length;
    }

    function _content(uint256 kind) private returns (Proposal memory) {
        if (kind == 0) return _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (_nonce)));
        if (kind == 1) return _proposal(address(target), abi.encodeCall(GovernedValue.setStakeValue, (_nonce)));
        if (kind == 2) {
            return _proposal(address(manager), abi.encodeCall(manager.labelRole, (Roles.COURT, vm.toString(_nonce))));
        }
        if (kind == 3) {
            return _proposal(address(governor), abi.encodeCall(governor.setProposalThreshold, (1 + _nonce)));
        }
        address code = address(new UpgradeableValue(_nonce + 1));
        return _proposal(address(_proxies[kind - 4]), abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (code, "")));
    }

    function _delay(uint256 kind) private pure returns (uint256) {
        if (kind == 0) return 2 days;
        return kind == 1 || kind == 5 ? 25 days : 10 days;
    }

    function _numberOf(uint256 i) private view returns (uint256) {
        return _proxies[i].number();
    }

    function _pick(uint256 which) private view returns (Proposal memory p, bool known) {
        uint256 count = _proposals.length;
        if (count == 0) return (p, false);
        // the last four, so that they are taken further
        uint256 back = which % (count < 4 ? count : 4);
        return (_proposals[count - 1 - back], true);
    }
}
