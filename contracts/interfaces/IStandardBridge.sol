// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IStandardBridge
/// @notice The one call of the OP Stack's standard bridge that the protocol makes.
interface IStandardBridge {
    /// @notice Sends the caller's tokens to an address on the other chain.
    /// @param localToken The token here.
    /// @param remoteToken Its counterpart there.
    /// @param to Who receives it there.
    /// @param amount Base units.
    /// @param minGasLimit Gas that its delivery there is given at least.
    /// @param extraData Passed through to the events of both bridges.
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;
}
