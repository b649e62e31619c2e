// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

contract InferenceMarketVoucherTest is MarketFixture {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1000);
    }

    function testFuzz_DigestIsEip712(Payment memory p) public view {
        assertEq(
            market.voucherDigest(p.channel, p.model, p.nonce, p.cap, p.requestHash, p.deadline),
            _digest(p, block.chainid, address(market))
        );
    }

    function testFuzz_DigestBindsEachField(Payment memory p) public view {
        bytes32[7] memory digests;
        digests[0] = _digestOf(p);
        p.channel = ~p.channel;
        digests[1] = _digestOf(p);
        p.model = ~p.model;
        digests[2] = _digestOf(p);
        p.nonce = ~p.nonce;
        digests[3] = _digestOf(p);
        p.cap = ~p.cap;
        digests[4] = _digestOf(p);
        p.requestHash = ~p.requestHash;
        digests[5] = _digestOf(p);
        p.deadline = ~p.deadline;
        digests[6] = _digestOf(p);

        for (uint256 i; i < digests.length; ++i) {
            for (uint256 j; j < i; ++j) {
                assertNotEq(digests[i], digests[j]);
            }
        }
    }

    function test_DomainIsPublished() public view {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifier,,) =
            _eip712Domain();

        assertEq(fields, bytes1(0x0f));
        assertEq(
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256(bytes(name)),
                    keccak256(bytes(version)),
                    chainId,
                    verifier
                )
            ),
            _domain(block.chainid, address(market))
        );
        assertLe(bytes(name).length, 31);
    }

    function test_RevertWhen_SignedByAStranger() public {
        bytes memory rows = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 10), strangerKey));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_WrongSigner.selector, channel, stranger, payer)
        );
        _settle(rows);
    }

    function test_RevertWhen_SignatureIsForAnotherChain() public {
        _expectWrongSigner(_digest(_payment(channel, model, 10), block.chainid + 1, address(market)));
    }

    function test_RevertWhen_SignatureIsForAnotherContract() public {
        _expectWrongSigner(_digest(_payment(channel, model, 10), block.chainid, address(distributor)));
    }

    function test_RevertWhen_SignatureIsForAnotherChannel() public {
        _expectWrongSigner(_digest(_payment(_open("other", 10), model, 10), block.chainid, address(market)));
    }

    function test_RevertWhen_SignatureIsForAnotherModel() public {
        _expectWrongSigner(_digest(_payment(channel, plainModel, 10), block.chainid, address(market)));
    }

    /// @dev A domain computed once at deployment would let a fork's vouchers through.
    function test_RevertGiven_TheChainForked() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        _settle(rows);
    }

    function test_RevertWhen_SignatureIsMalformed() public {
        Payment memory p = _payment(channel, model, 10);
        bytes memory rows = abi.encodePacked(model, uint16(1), _terms(p), bytes32(0), bytes32(0));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_WrongSigner.selector, channel, address(0), payer)
        );
        _settle(rows);
    }

    /// @dev The other s of the same signature must not count: `s > n/2` is refused.
    function test_RevertWhen_SignatureIsMalleated() public {
        Payment memory p = _payment(channel, model, 10);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payerKey, _digestOf(p));
        uint256 n = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 flipped = (n - uint256(s)) & (type(uint256).max >> 1) | (v == 27 ? 1 << 255 : 0);
        bytes memory rows = abi.encodePacked(model, uint16(1), _terms(p), r, bytes32(flipped));

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        _settle(rows);
    }

    function test_GivenTheDeadlineIsNow_ItSettles() public {
        Payment memory p = _payment(channel, model, 10);
        p.deadline = START;

        assertEq(_settle(_group(p)), 1);
    }

    function test_RevertWhen_TheDeadlineHasPassedByOneSecond() public {
        Payment memory p = _payment(channel, model, 10);
        p.deadline = START - 1;
        bytes memory rows = _group(p);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_VoucherExpired.selector, channel, START - 1, START)
        );
        _settle(rows);
    }

    function test_RevertWhen_AmountIsAboveTheCapByOne() public {
        Payment memory p = _payment(channel, model, 11);
        p.cap = 10;
        bytes memory rows = _group(p);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AmountAboveCap.selector, channel, 11, 10)
        );
        _settle(rows);
    }

    function test_AmountBelowTheCapTakesTheAmount() public {
        Payment memory p = _payment(channel, model, 7);
        p.cap = 10;

        _settle(_group(p));

        assertEq(market.channelOf(channel).claimed, 7);
    }

    function test_RevertWhen_AmountIsOverTheChannelByOne() public {
        bytes memory rows = _group(_payment(channel, model, 1001));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 1001, 1000)
        );
        _settle(rows);
    }

    function test_RevertWhen_ModelsTogetherAreOverTheChannel() public {
        bytes memory rows =
            abi.encodePacked(_group(_payment(channel, model, 600)), _group(_payment(channel, plainModel, 401)));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 1001, 1000)
        );
        _settle(rows);
    }

    /// @dev The row is of the caller's channel with that payer and salt, which the payer has signed nothing for.
    function test_RevertWhen_SettledByAnotherThanTheRunner() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        vm.prank(stranger);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE);
    }

    /// @dev Nobody opened it: it is the payer's to sign for, and holds nothing.
    function test_RevertWhen_TheChannelIsUnknown() public {
        bytes32 unknown = market.channelId(payer, runner, 7);
        bytes memory terms = abi.encodePacked(
            payer, uint96(7), uint64(1), uint96(10), uint96(10), keccak256("request"), START + 365 days
        );
        bytes32 digest = _digest(_payment(unknown, model, 10), block.chainid, address(market));
        (bytes32 r, bytes32 vs) = vm.signCompact(payerKey, digest);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, unknown, 10, 0)
        );
        _settle(abi.encodePacked(model, uint16(1), terms, r, vs));
    }

    function _expectWrongSigner(bytes32 digest) private {
        bytes memory row = _rowOfDigest(_payment(channel, model, 10), payerKey, digest);

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        _settle(abi.encodePacked(model, uint16(1), row));
    }

    function _digestOf(Payment memory p) private view returns (bytes32) {
        return market.voucherDigest(p.channel, p.model, p.nonce, p.cap, p.requestHash, p.deadline);
    }

    function _eip712Domain()
        private
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        (, bytes memory data) = address(market).staticcall(abi.encodeWithSignature("eip712Domain()"));
        return abi.decode(data, (bytes1, string, string, uint256, address, bytes32, uint256[]));
    }
}
