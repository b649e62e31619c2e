// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {OpenToken} from "../../contracts/token/OpenToken.sol";
import {MarketFixture} from "../fixture/MarketFixture.sol";
import {Tree} from "../fixture/Tree.sol";

/// @notice Three payers, two runners, three models and one more stream, with an action for each thing they can do.
/// @dev Over OPEN itself, for deposits by its signatures.
contract MoneyWorld is MarketFixture {
    struct SignedRelease {
        address payer;
        IInferenceMarket.Release terms;
        bytes signature;
    }

    struct SignedOrder {
        IInferenceMarket.SettleFor terms;
        bytes rows;
        bytes signature;
    }

    address[3] private _payers;
    uint256[3] private _keys;
    address[2] private _runners;
    uint256[2] private _runnerKeys;
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
        for (uint256 i; i < 3; ++i) {
            require(token.transfer(_payers[i], FUNDS), "no funds");
        }
        names = ["r0", "r1", ""];
        for (uint256 i; i < 2; ++i) {
            (_runners[i], _runnerKeys[i]) = makeAddrAndKey(names[i]);
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

    /// @dev By a payer's permit for another or itself, which somebody may have carried to the token before.
    function depositWithPermit(uint256 who, uint256 to, uint96 amount, bool carried) external {
        (uint8 v, bytes32 r, bytes32 s) = _permit(who, amount);
        if (carried) {
            OpenToken(address(token)).permit(_payers[who], address(market), amount, type(uint64).max, v, r, s);
        }
        vm.prank(_payers[who]);
        market.depositWithPermit(_payers[to], amount, type(uint64).max, v, r, s);
    }

    /// @dev Another payer uses it for itself.
    function tryStolenPermit(uint256 who, uint96 amount) external returns (bool done) {
        (uint8 v, bytes32 r, bytes32 s) = _permit(who, amount);
        address thief = _payers[(who + 1) % 3];
        vm.prank(thief);
        (done,) = address(market)
            .call(abi.encodeCall(IInferenceMarket.depositWithPermit, (thief, amount, type(uint64).max, v, r, s)));
    }

    /// @return again Whether anybody could carry it a second time.
    function depositWithAuthorization(uint256 who, uint96 amount) external returns (bool again) {
        bytes32 nonce = bytes32(++_nonce);
        bytes32 typehash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 structHash =
            keccak256(abi.encode(typehash, _payers[who], address(market), amount, 0, type(uint64).max, nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[who], _tokenDigest(structHash));
        market.depositWithAuthorization(_payers[who], amount, 0, type(uint64).max, nonce, v, r, s);
        (again,) = address(market)
            .call(
                abi.encodeCall(
                    IInferenceMarket.depositWithAuthorization,
                    (_payers[who], amount, 0, type(uint64).max, nonce, v, r, s)
                )
            );
    }

    function tryWithdraw(uint256 who, uint96 amount) external returns (bool done) {
        vm.prank(_payers[who]);
        (done,) = address(market).call(abi.encodeCall(IInferenceMarket.withdraw, (_payers[who], amount)));
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

    /// @dev What a runner signs so that anybody settles for it: one row, of which its receipts start at `before`.
    function order(bytes32 channel, uint64 model_, uint96 amount, uint96 before)
        external
        view
        returns (SignedOrder memory signed)
    {
        uint96 cumulative = market.modelClaimedOf(channel, model_) + amount;
        signed.rows = _prepare(channel, model_, amount, _keyOf[channel]);
        address runner_ = market.runnerOf(channel);
        signed.terms = IInferenceMarket.SettleFor(
            runner_,
            keccak256(signed.rows),
            RECEIPTS_ROOT,
            DATA_HASH,
            keccak256(abi.encodePacked(channel, model_, before, cumulative)),
            market.configCode(),
            type(uint64).max
        );
        bytes32 typehash = keccak256(
            "SettleFor(address runner,bytes32 rowsHash,bytes32 receiptsRoot,bytes32 dataHash,bytes32 settlementsHash,uint32 expectedConfig,uint64 deadline)"
        );
        bytes32 structHash = keccak256(abi.encode(typehash, signed.terms));
        signed.signature = _signed(runner_ == _runners[0] ? _runnerKeys[0] : _runnerKeys[1], structHash);
    }

    /// @return moved Whether a batch was settled.
    function carry(SignedOrder calldata signed) external returns (bool moved) {
        uint64 before = market.batchCount();
        (bool done,) = address(market)
            .call(abi.encodeCall(IInferenceMarket.settleFor, (signed.terms, signed.rows, signed.signature)));
        moved = done && market.batchCount() != before;
        if (!moved) return false;
        _rows.push(signed.rows);
        _settlers.push(signed.terms.runner);
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

    /// @dev What a runner, or a stranger in its place, signs so that a payer has money back at once.
    function signRelease(bytes32 channel, uint96 amount, bool forged) external returns (SignedRelease memory signed) {
        signed.payer = market.payerOf(channel);
        signed.terms = IInferenceMarket.Release(channel, amount, ++_nonce, type(uint64).max);
        bytes32 typehash = keccak256("Release(bytes32 channel,uint96 amount,uint256 nonce,uint64 deadline)");
        uint256 key = market.runnerOf(channel) == _runners[0] ? _runnerKeys[0] : _runnerKeys[1];
        signed.signature = _signed(forged ? 0xbad : key, keccak256(abi.encode(typehash, signed.terms)));
    }

    /// @return released What came back; 0 when it was refused.
    function tryRelease(SignedRelease calldata signed) external returns (uint96 released) {
        vm.prank(signed.payer);
        (bool done, bytes memory amount) =
            address(market).call(abi.encodeCall(IInferenceMarket.releaseBySignature, (signed.terms, signed.signature)));
        return done ? abi.decode(amount, (uint96)) : 0;
    }

    function refund(bytes32 channel, uint96 amount) external {
        vm.prank(market.runnerOf(channel));
        market.refund(channel, amount);
    }

    function pauseSettlement(uint64 until) external {
        market.pauseSettlement(until);
    }

    function pauseExits(uint64 until) external {
        market.pauseExits(until);
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

    function _deployToken() internal override returns (address) {
        return vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this)));
    }

    function _permit(uint256 who, uint96 amount) private view returns (uint8, bytes32, bytes32) {
        OpenToken open_ = OpenToken(address(token));
        bytes32 typehash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(
            abi.encode(typehash, _payers[who], address(market), amount, open_.nonces(_payers[who]), type(uint64).max)
        );
        return vm.sign(_keys[who], _tokenDigest(structHash));
    }

    function _tokenDigest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", OpenToken(address(token)).DOMAIN_SEPARATOR(), structHash));
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
