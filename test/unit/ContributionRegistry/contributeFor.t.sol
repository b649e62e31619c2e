// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {WalletOf} from "../../fixture/WalletOf.sol";

contract ContributionRegistryContributeForTest is RegistryFixture {
    /// @dev What is signed, by field.
    struct Offer {
        address contributor;
        uint64 datanet;
        bytes32 recordsRoot;
        uint32 recordCount;
        bytes32 licence;
        bytes32 dataHash;
        uint32 rules;
        uint64 nonce;
        uint64 deadline;
    }

    uint256 private key;
    address private signer;

    function setUp() public override {
        super.setUp();
        (signer, key) = makeAddrAndKey("signer");
    }

    function test_CommitsForTheSigner() public {
        Offer memory o = _offer();
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionCommitted(1, datanet, signer, ROOT, 3, MIT, DATA_HASH, 1, START);
        vm.prank(stranger);
        assertEq(_send(o, _sign(o, key)), 1);

        assertEq(contributions.nonceOf(signer), 1);
        assertTrue(
            contributions.isContribution(
                IContributionRegistry.Contribution(1, datanet, signer, 3, 1, START, ROOT, MIT, DATA_HASH)
            )
        );
    }

    /// @dev The relayer pays for gas only; the fee is the contributor's, which agreed to it by the number of the rules.
    function test_TheContributorPaysTheFee() public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 10;
        datanet = _createDatanet("Go", rules);
        _enrich(signer);
        _enrich(stranger);
        Offer memory o = _offer();

        vm.prank(stranger);
        _send(o, _sign(o, key));

        assertEq(open.balanceOf(signer), RICHES - 10);
        assertEq(open.balanceOf(stranger), RICHES);
    }

    /// @dev Bug: unsigned fields, and typos in typehashes. Mutated, each field gives another digest.
    function test_UnsignedFields_EachFieldIsBound() public {
        Offer memory good = _offer();
        bytes memory signature = _sign(good, key);
        datanet = _createDatanet("Go");
        datanet = 1;
        vm.startPrank(stranger);
        for (uint256 field; field < 8; ++field) {
            Offer memory o = _offer();
            if (field == 0) o.contributor = alice;
            if (field == 1) o.datanet = 2;
            if (field == 2) o.recordsRoot = DATA_HASH;
            if (field == 3) o.recordCount = 4;
            if (field == 4) o.licence = APACHE;
            if (field == 5) o.dataHash = ROOT;
            if (field == 6) o.rules = 2;
            if (field == 7) o.deadline = good.deadline + 1;
            vm.expectRevert(_invalid(o.contributor));
            _send(o, signature);
        }
        _send(good, signature);
    }

    /// @dev Bug: a signature without a deadline.
    function test_Deadline_IsTheLastSecond() public {
        Offer memory o = _offer();
        bytes memory signature = _sign(o, key);
        vm.warp(o.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_SignatureExpired.selector, o.deadline, o.deadline + 1
            )
        );
        _send(o, signature);
        vm.warp(o.deadline);
        _send(o, signature);
    }

    function test_Replay_RevertGiven_TheNonceIsUsed() public {
        Offer memory o = _offer();
        bytes memory signature = _sign(o, key);
        _send(o, signature);

        vm.expectRevert(_invalid(signer));
        _send(o, signature);
        o.nonce = 1;
        assertEq(_send(o, _sign(o, key)), 2);
    }

    function test_RevertWhen_SignedForAnotherChainOrContract() public {
        Offer memory o = _offer();
        bytes memory elsewhere = _signed(_digest(o, block.chainid, address(datanets)), key);
        vm.expectRevert(_invalid(signer));
        _send(o, elsewhere);
        bytes memory otherChain = _signed(_digest(o, 1, address(contributions)), key);
        vm.expectRevert(_invalid(signer));
        _send(o, otherChain);
        bytes memory here = _sign(o, key);
        vm.chainId(10);
        vm.expectRevert(_invalid(signer));
        _send(o, here);
    }

    function test_RevertWhen_SomebodyElseSigned() public {
        (, uint256 other) = makeAddrAndKey("other");
        Offer memory o = _offer();
        bytes memory signature = _sign(o, other);
        vm.expectRevert(_invalid(signer));
        _send(o, signature);
    }

    /// @dev Contracts sign by ERC-1271. One key may stand behind several: what one signed means nothing for another.
    function test_ContractsSign() public {
        address wallet = address(new WalletOf(signer));
        address sibling = address(new WalletOf(signer));
        Offer memory o = _offer();
        o.contributor = wallet;
        bytes memory signature = _sign(o, key);
        o.contributor = sibling;
        vm.expectRevert(_invalid(sibling));
        _send(o, signature);
        o.contributor = wallet;

        assertEq(_send(o, signature), 1);
    }

    function testFuzz_DigestFollowsEveryField(uint256 seed, uint8 field) public view {
        Offer memory o = _offer();
        bytes32 before = _digest(o, block.chainid, address(contributions));
        field = field % 9;
        if (field == 0) o.contributor = address(uint160(seed));
        if (field == 1) o.datanet = uint64(seed);
        if (field == 2) o.recordsRoot = bytes32(seed);
        if (field == 3) o.recordCount = uint32(seed);
        if (field == 4) o.licence = bytes32(seed);
        if (field == 5) o.dataHash = bytes32(seed);
        if (field == 6) o.rules = uint32(seed);
        if (field == 7) o.nonce = uint64(seed);
        if (field == 8) o.deadline = uint64(seed);
        vm.assume(keccak256(abi.encode(o)) != keccak256(abi.encode(_offer())));
        assertNotEq(_digest(o, block.chainid, address(contributions)), before);
    }

    function _offer() private view returns (Offer memory) {
        return Offer(signer, datanet, ROOT, 3, MIT, DATA_HASH, 1, 0, START + 1 hours);
    }

    function _send(Offer memory o, bytes memory signature) private returns (uint64) {
        return contributions.contributeFor(
            o.contributor,
            o.datanet,
            o.recordsRoot,
            o.recordCount,
            o.licence,
            o.dataHash,
            o.rules,
            o.deadline,
            signature
        );
    }

    function _sign(Offer memory o, uint256 by) private view returns (bytes memory) {
        return _signed(_digest(o, block.chainid, address(contributions)), by);
    }

    function _signed(bytes32 digest, uint256 by) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(by, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev EIP-712 written out, with the type strings repeated.
    function _digest(Offer memory o, uint256 chainId, address verifier) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OpenLedger ContributionRegistry"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        bytes32 body = keccak256(
            abi.encode(
                keccak256(
                    "Contribute(address contributor,uint64 datanet,bytes32 recordsRoot,uint32 recordCount,bytes32 licence,bytes32 dataHash,uint32 rules,uint64 nonce,uint64 deadline)"
                ),
                o
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, body));
    }

    function _invalid(address by) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_InvalidSignature.selector, by);
    }
}
