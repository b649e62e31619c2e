import { Address, BigInt } from "@graphprotocol/graph-ts";
import { ModelRegistered, Transfer } from "../../generated/ModelRegistry/ModelRegistry";
import { Model, ModelDatanet } from "../../generated/schema";
import { numberId, versionId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";

export function handleModelRegistered(event: ModelRegistered): void {
  const model = new Model(numberId(event.params.model));
  model.number = event.params.model;
  if (!event.params.base.isZero()) model.base = numberId(event.params.base);
  model.owner = event.params.owner;
  model.name = event.params.name;
  model.weightsRoot = event.params.weightsRoot;
  model.programRoot = event.params.programRoot;
  model.manifestHash = event.params.manifestHash;
  model.pricePerRequest = event.params.price.perRequest;
  model.pricePerPromptToken = event.params.price.perPromptToken;
  model.pricePerOutputToken = event.params.price.perOutputToken;
  model.modelBps = event.params.revenue.modelBps;
  model.dataBps = event.params.revenue.dataBps;
  model.settled = BigInt.zero();
  model.modelPart = BigInt.zero();
  model.dataPart = BigInt.zero();
  model.registeredAt = event.block.timestamp;
  model.transaction = event.transaction.hash;
  model.save();

  for (let i = 0; i < event.params.versions.length; i++) {
    const reference = event.params.versions[i];
    const datanet = numberId(reference.datanet);
    const link = new ModelDatanet(model.id.concat(datanet).concat(versionId(reference.version)));
    link.model = model.id;
    link.datanet = datanet;
    link.version = reference.version.toI32();
    link.save();
  }

  const protocol = loadProtocol();
  protocol.modelCount = protocol.modelCount.plus(BigInt.fromI32(1));
  protocol.save();
}

export function handleTransfer(event: Transfer): void {
  if (event.params.from.equals(Address.zero())) return;
  const model = Model.load(numberId(event.params.tokenId));
  if (model == null) return;
  model.owner = event.params.to;
  model.save();
}
