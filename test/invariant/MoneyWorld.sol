// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../fixture/MarketFixture.sol";
import {Tree} from "../fixture/Tree.sol";

/// @notice Three payers, two runners, three models and one more stream, with an action for each thing they can do.
contract MoneyWorld is MarketFixture {
    address[3] private _payers;
    uint256[3] private _keys;
    address[2] private _runners;
    uint64 public ownStream;
    mapping(bytes32 channel => uint256) private _keyOf;
    bytes private _lastRows;
    address private _lastRunner;

    function setUp() public override {
        super.setUp();
        string[3] memory names = ["p0", "p1", "p2"];
        for (uint256 i; i < 3; ++i) {
            (_payers[i], _keys[i]) = makeAddrAndKey(names[i]);
        }
        _runners = [makeAddr("r0"), makeAddr("r1")];
        for (uint256 i; i < 2; ++i) {
            staking.setActive(_runners[i], Role.Runner, true);
        }
        models.add(modelOwner, 3333, 3667);
        ownStream = distributor.createStream(address(this));
        token.approve(address(market), type(uint256).max);
        token.approve(address(distributor), type(uint256).max);
    }

    function deposit(uint256 who, uint96 amount) external {
        market.deposit(_payers[who], amount);
    }

    function withdraw(uint256 who, uint96 amount) external {
        vm.prank(_payers[who]);
        market.withdraw(_payers[who], amount);
    }

    function open(uint256 who, uint256 which, bytes32 salt, uint96 amount) external returns (bytes32 channel) {
        vm.prank(_payers[who]);
        channel = market.openChannel(_runners[which], salt, amount);
        _keyOf[channel] = _keys[who];
    }

    function topUp(bytes32 channel, uint96 amount) external {
        vm.prank(market.channelOf(channel).payer);
        market.topUp(channel, amount);
    }

    function thaw(bytes32 channel, uint96 amount) external {
        vm.prank(market.channelOf(channel).payer);
        market.thaw(channel, amount);
    }

    function withdrawThawed(bytes32 channel) external {
        vm.prank(market.channelOf(channel).payer);
        market.withdrawThawed(channel);
    }

    function tryWithdrawThawed(bytes32 channel) external returns (bool done) {
        vm.prank(market.channelOf(channel).payer);
        (done,) = address(market).call(abi.encodeCall(IInferenceMarket.withdrawThawed, (channel)));
    }

    function settle(bytes32 channel, uint64 model_, uint96 amount) external {
        _prepare(channel, model_, amount);
        vm.prank(_lastRunner);
        market.settle(_lastRows, RECEIPTS_ROOT, DATA_HASH, 1);
    }

    function trySettle(bytes32 channel, uint64 model_, uint96 amount) external returns (bool done) {
        _prepare(channel, model_, amount);
        vm.prank(_lastRunner);
        (done,) =
            address(market).call(abi.encodeCall(IInferenceMarket.settle, (_lastRows, RECEIPTS_ROOT, DATA_HASH, 1)));
    }

    function replay() external {
        vm.prank(_lastRunner);
        require(market.settle(_lastRows, RECEIPTS_ROOT, DATA_HASH, 1) == 0, "a replay made a batch");
    }

    function collect(uint256 kind, uint256 which) external returns (uint96) {
        bytes[5] memory data = [
            abi.encodeCall(IInferenceMarket.collectProtocol, ()),
            abi.encodeCall(IInferenceMarket.collectSecurity, ()),
            abi.encodeCall(IInferenceMarket.collectStakers, (_runners[which % 2])),
            abi.encodeCall(IInferenceMarket.collectModel, (uint64(1 + which % 3))),
            abi.encodeCall(IInferenceMarket.collectRunner, (_runners[which % 2]))
        ];
        (bool done, bytes memory amount) = address(market).call(data[kind]);
        return done ? abi.decode(amount, (uint96)) : 0;
    }

    function donate(uint96 amount) external {
        distributor.fund(ownStream, amount);
    }

    function propose(bytes32 root, uint96 total) external {
        distributor.proposeRoot(ownStream, root, total);
    }

    function finalize() external {
        distributor.finalizeRoot(ownStream);
    }

    /// @return amount What was paid; 0 when the claim was refused.
    function claim(
        bytes32 root,
        uint256 index,
        address[] memory accounts,
        uint96[] memory cumulative,
        bytes32[] memory leaves
    ) external returns (uint96 amount) {
        uint128 sum;
        for (uint256 i; i <= index; ++i) {
            sum += cumulative[i];
        }
        bytes memory data = abi.encodePacked(
            IRewardDistributor.claim.selector,
            abi.encode(ownStream, root, uint64(index), uint64(leaves.length)),
            abi.encode(accounts[index], cumulative[index], sum, uint256(256)),
            _encoded(Tree.siblings(leaves, index))
        );
        bool mayPay = distributor.isClaimableRoot(ownStream, root);
        (bool done, bytes memory paid) = address(distributor).call(data);
        require(mayPay || !done, "paid against a root that is not final");
        return done ? abi.decode(paid, (uint96)) : 0;
    }

    function isOpen(uint256 who, uint256 which, bytes32 salt) external view returns (bool) {
        bytes32 channel = market.channelId(_payers[who], _runners[which], salt);
        return market.channelOf(channel).payer != address(0);
    }

    function payerAt(uint256 who) external view returns (address) {
        return _payers[who];
    }

    function runnerOf(uint256 which) external view returns (address) {
        return _runners[which];
    }

    function tokenBalanceOf(address account) external view returns (uint256) {
        return token.balanceOf(account);
    }

    function streamFunded() external view returns (uint96) {
        return distributor.streamOf(ownStream).funded;
    }

    function unclaimed(bytes32 channel) external view returns (uint96) {
        IInferenceMarket.Channel memory c = market.channelOf(channel);
        return c.balance - c.claimed;
    }

    /// @dev What the runner may still take: all that is unclaimed, without what has thawed.
    function available(bytes32 channel) external view returns (uint96) {
        IInferenceMarket.Channel memory c = market.channelOf(channel);
        uint96 left = c.balance - c.claimed;
        if (c.thawEnd == 0 || vm.getBlockTimestamp() < c.thawEnd) return left;
        return left > c.thawing ? left - c.thawing : 0;
    }

    function _prepare(bytes32 channel, uint64 model_, uint96 amount) private {
        Payment memory p = _payment(channel, model_, market.modelClaimedOf(channel, model_) + amount);
        p.deadline = type(uint64).max;
        bytes memory row = _row(p, _keyOf[channel]);
        _lastRows = abi.encodePacked(model_, uint16(2), row, row);
        _lastRunner = market.channelOf(channel).runner;
    }

    function _encoded(bytes32[] memory words) private pure returns (bytes memory) {
        return abi.encodePacked(words.length, words);
    }
}
