// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {AllocationLib} from "./AllocationLib.sol";
import {ChannelLib} from "./ChannelLib.sol";
import {DepositLib} from "./DepositLib.sol";
import {ExitsLib} from "./ExitsLib.sol";
import {MarketPart} from "./MarketPart.sol";
import {MarketSignaturesLib} from "./MarketSignaturesLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {RunnerDues} from "./RunnerDues.sol";
import {SignerLib} from "./SignerLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title MarketAccounts
/// @notice The market's part for payers' balances, signers and channels; `IInferenceMarket` defines its functions.
contract MarketAccounts is MarketPart, ReentrancyGuardTransient {
    using MarketSignaturesLib for IInferenceMarket.Release;
    using SafeERC20 for IERC20;

    IERC20 private immutable _token;
    IStakingManager private immutable _staking;
    uint64 private immutable _thawPeriod;

    /// @notice Made by the market's constructor.
    /// @param token_ OPEN.
    /// @param staking_ The staking manager.
    /// @param thawPeriod_ Seconds of working time that money and signers thaw.
    constructor(IERC20 token_, IStakingManager staking_, uint64 thawPeriod_) {
        _token = token_;
        _staking = staking_;
        _thawPeriod = thawPeriod_;
    }

    /// @notice The market's `deposit`, as `IInferenceMarket` defines it.
    function deposit(address payer, uint96 amount) external asMarket nonReentrant {
        DepositLib.pull(_token, payer, amount);
    }

    /// @notice The market's `depositWithPermit`, as `IInferenceMarket` defines it.
    function depositWithPermit(address payer, uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        asMarket
        nonReentrant
    {
        DepositLib.pullByPermit(_token, payer, amount, deadline, v, r, s);
    }

    /// @notice The market's `depositWithAuthorization`, as `IInferenceMarket` defines it.
    function depositWithAuthorization(
        address payer,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external asMarket nonReentrant {
        DepositLib.receiveAuthorized(_token, payer, amount, validAfter, validBefore, nonce, v, r, s);
    }

    /// @notice The market's `withdraw`, as `IInferenceMarket` defines it.
    function withdraw(address to, uint96 amount) external asMarket {
        ExitsLib.requireOpen();
        if (to == address(0)) revert IInferenceMarket.InferenceMarket_ZeroAddress();

        uint96 freeAfter = ChannelLib.takeFree(msg.sender, amount);

        emit IInferenceMarket.Withdrawn(msg.sender, to, amount, freeAfter);
        _token.safeTransfer(to, amount);
    }

    /// @notice The market's `authorizeSigner`, as `IInferenceMarket` defines it.
    function authorizeSigner(address signer) external asMarket {
        SignerLib.authorize(signer);
    }

    /// @notice The market's `thawSigner`, as `IInferenceMarket` defines it.
    function thawSigner(address signer) external asMarket {
        SignerLib.thaw(signer, _thawPeriod);
    }

    /// @notice The market's `openChannel`, as `IInferenceMarket` defines it.
    function openChannel(address runner, uint96 salt, uint96 amount) external asMarket returns (bytes32 channel) {
        channel = ChannelLib.idOf(msg.sender, runner, salt);
        if (ChannelLib.exists(channel)) revert IInferenceMarket.InferenceMarket_ChannelExists(channel);
        _requireActive(runner);

        ChannelLib.open(channel, msg.sender, runner, salt, amount);
    }

    /// @notice The market's `topUp`, as `IInferenceMarket` defines it.
    function topUp(bytes32 channel, uint96 amount) external asMarket {
        ChannelLib.ownedBy(msg.sender, channel);

        ChannelLib.topUp(channel, msg.sender, amount);
    }

    /// @notice The market's `allocate`, as `IInferenceMarket` defines it.
    function allocate(
        IInferenceMarket.Allocation calldata allocation,
        address runner,
        uint96 salt,
        uint96 amount,
        bytes calldata signature
    ) external asMarket returns (bytes32 channel) {
        channel = ChannelLib.idOf(allocation.payer, runner, salt);
        AllocationLib.use(allocation, channel, runner, amount, signature);

        if (ChannelLib.exists(channel)) {
            ChannelLib.topUp(channel, allocation.payer, amount);
        } else {
            _requireActive(runner);
            ChannelLib.open(channel, allocation.payer, runner, salt, amount);
        }
    }

    /// @notice The market's `revokeAllocation`, as `IInferenceMarket` defines it.
    function revokeAllocation(IInferenceMarket.Allocation calldata allocation) external asMarket {
        AllocationLib.revoke(allocation);
    }

    /// @notice The market's `thaw`, as `IInferenceMarket` defines it.
    function thaw(bytes32 channel, uint96 amount) external asMarket {
        ChannelLib.thaw(channel, amount, _thawPeriod);
    }

    /// @notice The market's `withdrawThawed`, as `IInferenceMarket` defines it.
    function withdrawThawed(bytes32 channel) external asMarket returns (uint96 amount) {
        return ChannelLib.withdrawThawed(channel);
    }

    /// @notice The market's `release`, as `IInferenceMarket` defines it.
    function release(bytes32 channel, uint96 amount) external asMarket returns (uint96 released) {
        ChannelLib.servedBy(msg.sender, channel);

        return ChannelLib.release(channel, amount);
    }

    /// @notice The market's `releaseBySignature`, as `IInferenceMarket` defines it.
    function releaseBySignature(IInferenceMarket.Release calldata release_, bytes calldata signature)
        external
        asMarket
        returns (uint96 released)
    {
        address runner = ChannelLib.ownedBy(msg.sender, release_.channel).runner;
        MarketSignaturesLib.requireInTime(release_.deadline);
        bytes32 digest = release_.digest();
        if (!SignatureChecker.isValidSignatureNowCalldata(runner, digest, signature)) {
            revert IInferenceMarket.InferenceMarket_InvalidSignature(runner);
        }
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        if ($.released[digest]) revert IInferenceMarket.InferenceMarket_SignatureUsed(digest);

        $.released[digest] = true;

        return ChannelLib.release(release_.channel, release_.amount);
    }

    /// @notice The market's `refund`, as `IInferenceMarket` defines it.
    function refund(bytes32 channel, uint96 amount) external asMarket {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        address payer = ChannelLib.servedBy(msg.sender, channel).payer;
        if (amount == 0) revert IInferenceMarket.InferenceMarket_ZeroAmount();
        RunnerDues dues = $.dues[msg.sender].word;
        if (amount > dues.runner()) revert IInferenceMarket.InferenceMarket_DueExceeded(amount, dues.runner());

        uint96 dueAfter = dues.runner() - amount;
        uint96 freeAfter = $.free[payer] + amount;

        $.dues[msg.sender].word = dues.withRunner(dueAfter);
        $.free[payer] = freeAfter;

        emit IInferenceMarket.Refunded(channel, msg.sender, amount, dueAfter, freeAfter);
    }

    function _requireActive(address runner) private view {
        if (!_staking.isActive(runner, Role.Runner)) revert IInferenceMarket.InferenceMarket_RunnerNotActive(runner);
    }
}
