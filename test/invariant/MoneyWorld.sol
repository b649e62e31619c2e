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
    /// @dev Every settlement that was made, for replays.
    bytes[] private _rows;
    address[] private _settlers;
    address public signer;
    uint256 private _nonce;
    uint256 private _signerKey;
    address public operator = makeAddr("operator");

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
        models.addUpstream(3, 1, 3333);
        models.addUpstream(3, 2, 1);
        (signer, _signerKey) = makeAddrAndKey("signer");
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

    function open(uint256 who, uint256 which, uint96 salt, uint96 amount) external returns (bytes32 channel) {
        vm.prank(_payers[who]);
        channel = market.openChannel(_runners[which], salt, amount);
        _keyOf[channel] = _keys[who];
    }

    /// @dev By the payer's signature, to an operator: opens the channel or tops it up.
    function allocate(uint256 who, uint256 which, uint96 salt, uint96 amount, uint96 maximum)
        external
        returns (bool done, bytes32 channel)
    {
        IInferenceMarket.Allocation memory a = IInferenceMarket.Allocation(
            _payers[who], operator, address(0), maximum, 1, type(uint64).max, ++_nonce
        );
        bytes32 typehash = keccak256(
            "Allocation(address payer,address operator,address runner,uint96 maxAmount,uint32 maxCount,uint64 expiry,uint256 nonce)"
        );
        bytes memory signature = _signed(_keys[who], keccak256(abi.encode(typehash, a)));
        channel = market.channelId(_payers[who], _runners[which], salt);
        _keyOf[channel] = _keys[who];
        vm.prank(operator);
        (done,) = address(market)
            .call(abi.encodeCall(IInferenceMarket.allocate, (a, _runners[which], salt, amount, signature)));
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

    function settle(bytes32 channel, uint64 model_, uint96 amount, bool bySigner) external {
        bytes memory rows = _prepare(channel, model_, amount, bySigner ? _signerKey : _keyOf[channel]);
        address runner_ = market.runnerOf(channel);
        _rows.push(rows);
        _settlers.push(runner_);
        uint32 code = market.configCode();
        vm.prank(runner_);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, code);
    }

    /// @dev Every channel of a runner that has something left, for one model, in one batch.
    function settleMany(bytes32[] memory channels, uint64 model_, uint96[] memory amounts) external {
        bytes memory rows = abi.encodePacked(model_, uint16(channels.length));
        for (uint256 i; i < channels.length; ++i) {
            rows = abi.encodePacked(rows, _signedRow(channels[i], model_, amounts[i], _keyOf[channels[i]]));
        }
        address runner_ = market.runnerOf(channels[0]);
        _rows.push(rows);
        _settlers.push(runner_);
        uint32 code = market.configCode();
        vm.prank(runner_);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, code);
    }

    function trySettle(bytes32 channel, uint64 model_, uint96 amount, uint256 key) external returns (bool done) {
        bytes memory rows = _prepare(channel, model_, amount, key == 0 ? _keyOf[channel] : key);
        uint32 code = market.configCode();
        vm.prank(market.runnerOf(channel));
        (done,) = address(market).call(abi.encodeCall(IInferenceMarket.settle, (rows, RECEIPTS_ROOT, DATA_HASH, code)));
    }

    /// @dev By the signer, whether it may or not.
    function trySettleBySigner(bytes32 channel, uint64 model_, uint96 amount) external returns (bool) {
        return this.trySettle(channel, model_, amount, _signerKey);
    }

    /// @dev Any settlement that was made, once more: whatever came since, it settles nothing.
    function replay(uint256 which) external returns (bool paid) {
        if (_rows.length == 0) return false;
        which = which % _rows.length;
        uint32 code = market.configCode();
        uint64 before = market.batchCount();
        vm.prank(_settlers[which]);
        (bool done,) = address(market)
            .call(abi.encodeCall(IInferenceMarket.settle, (_rows[which], RECEIPTS_ROOT, DATA_HASH, code)));
        done;
        return market.batchCount() != before;
    }

    function authorize(uint256 who) external {
        vm.prank(_payers[who]);
        market.authorizeSigner(signer);
    }

    function thawSigner(uint256 who) external returns (bool done) {
        vm.prank(_payers[who]);
        (done,) = address(market).call(abi.encodeCall(IInferenceMarket.thawSigner, (signer)));
    }

    function release(bytes32 channel, uint96 amount) external returns (uint96) {
        vm.prank(market.runnerOf(channel));
        return market.release(channel, amount);
    }

    function refund(bytes32 channel, uint96 amount) external {
        vm.prank(market.runnerOf(channel));
        market.refund(channel, amount);
    }

    function pauseSettlement(uint64 until) external {
        market.pauseSettlement(until);
    }

    function setSplitConfig(IInferenceMarket.SplitConfig calldata config) external {
        market.setSplitConfig(config);
    }

    function schedule(uint64 model_, uint16 modelBps, uint16 dataBps) external {
        models.schedule(model_, modelBps, dataBps);
    }

    function collect(uint256 kind, uint256 which) external returns (uint96) {
        bytes[6] memory data = [
            abi.encodeCall(IInferenceMarket.collectProtocol, ()),
            abi.encodeCall(IInferenceMarket.collectSecurity, ()),
            abi.encodeCall(IInferenceMarket.collectStakers, (_runners[which % 2])),
            abi.encodeCall(IInferenceMarket.collectModel, (uint64(1 + which % 3))),
            abi.encodeCall(IInferenceMarket.collectRunner, (_runners[which % 2])),
            abi.encodeCall(IInferenceMarket.collectData, ())
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

    function isOpen(uint256 who, uint256 which, uint96 salt) external view returns (bool) {
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

    function _prepare(bytes32 channel, uint64 model_, uint96 amount, uint256 key) private view returns (bytes memory) {
        return abi.encodePacked(model_, uint16(1), _signedRow(channel, model_, amount, key));
    }

    function _signedRow(bytes32 channel, uint64 model_, uint96 amount, uint256 key)
        private
        view
        returns (bytes memory)
    {
        Payment memory p = _payment(channel, model_, market.modelClaimedOf(channel, model_) + amount);
        p.deadline = type(uint64).max;
        return _row(p, key);
    }

    function _encoded(bytes32[] memory words) private pure returns (bytes memory) {
        return abi.encodePacked(words.length, words);
    }
}
