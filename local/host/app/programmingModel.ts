import type { TypedData } from "./typedData.ts";

/** What `@azure/functions` gives the worker (`setProgrammingModel`), and what the worker gives it for each invocation. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getCapabilities(defaults: Record<string, string>): Promise<Record<string, string>> | Record<string, string>;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
}

export interface InvocationModel {
  getArguments(): Promise<{ readonly context: object; readonly inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResponse>;
}

export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
}

export type FunctionCallback = (...inputs: never[]) => unknown;
export type InvocationState = "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state: InvocationState;
  log(level: string, category: string, message: string): void;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string; readonly attributes: object };
}

/** A binding as the library registers it; options of the trigger (route, schedule, …) are further members. */
export interface Binding {
  readonly type: string;
  readonly direction: "in" | "out";
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
  readonly useMonitor?: boolean;
  readonly cardinality?: string;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: object | undefined;
}
