/**
 * Serialises a graph as an ONNX ModelProto. Field numbers are those of onnx.proto (IR version 10). Weights are
 * `raw_data`, little endian, so a file is limited to protobuf's 2 GiB, or lie in a file beside it.
 */
import { type ElementType, ONNX_DATA_TYPE, type TensorData } from "./element-type.js";
import type { Shape } from "./shape.js";
import { Message } from "./wire.js";

export type Attribute = number | string | { readonly float: number } | readonly number[];

export interface NodeProto {
  readonly name?: string;
  readonly op: string;
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueProto {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export interface InitializerProto {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData | ExternalData;
}

/** Bytes that lie in a file beside the model's. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface ModelProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
  readonly initializers: readonly InitializerProto[];
}

const IR_VERSION = 10;
const OPSET = 21;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

export function encodeModel(model: ModelProto): Uint8Array {
  const graph = new Message();
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.string(2, model.name);
  for (const initializer of model.initializers) graph.message(5, encodeInitializer(initializer));
  for (const input of model.inputs) graph.message(11, encodeValue(input));
  for (const output of model.outputs) graph.message(12, encodeValue(output));

  return new Message()
    .int(1, IR_VERSION)
    .string(2, "openledger")
    .message(7, graph)
    .message(8, new Message().string(1, "").int(2, OPSET))
    .message(8, new Message().string(1, "com.microsoft").int(2, 1))
    .finish();
}

function encodeNode(node: NodeProto): Message {
  const out = new Message();
  for (const input of node.inputs) out.string(1, input);
  for (const output of node.outputs) out.string(2, output);
  if (node.name !== undefined) out.string(3, node.name);
  out.string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) out.message(5, encodeAttribute(name, value));
  if (node.domain !== "") out.string(7, node.domain);
  return out;
}

function encodeAttribute(name: string, value: Attribute): Message {
  const out = new Message().string(1, name);
  if (typeof value === "number") return out.int(3, value).int(20, ATTRIBUTE_TYPE.int);
  if (typeof value === "string") {
    return out.bytes(4, new TextEncoder().encode(value)).int(20, ATTRIBUTE_TYPE.string);
  }
  if ("float" in value) return out.float(2, value.float).int(20, ATTRIBUTE_TYPE.float);
  for (const item of value) out.int(8, item);
  return out.int(20, ATTRIBUTE_TYPE.ints);
}

/** TensorProto.DataLocation */
const EXTERNAL = 1;

function encodeInitializer({ name, type, shape, data }: InitializerProto): Message {
  const out = new Message();
  for (const dim of shape) out.int(1, dim);
  out.int(2, ONNX_DATA_TYPE[type]).string(8, name);
  if (!("location" in data)) return out.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  for (const [key, value] of Object.entries(data)) {
    out.message(13, new Message().string(1, key).string(2, String(value)));
  }
  return out.int(14, EXTERNAL);
}

function encodeValue({ name, type, shape }: ValueProto): Message {
  const dims = new Message();
  for (const dim of shape) {
    dims.message(1, typeof dim === "number" ? new Message().int(1, dim) : new Message().string(2, dim));
  }
  const tensor = new Message().int(1, ONNX_DATA_TYPE[type]).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
