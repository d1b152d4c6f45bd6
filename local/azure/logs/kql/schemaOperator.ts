import { emit } from "./rowOperators.ts";
import { type Tabular, visible } from "./scope.ts";
import type { SyntaxNode } from "./syntaxNode.ts";
import type { ScalarType } from "./value.ts";

const DOTNET_TYPES: Readonly<Record<ScalarType, string>> = {
  bool: "System.SByte",
  int: "System.Int32",
  long: "System.Int64",
  real: "System.Double",
  decimal: "System.Data.SqlTypes.SqlDecimal",
  string: "System.String",
  datetime: "System.DateTime",
  timespan: "System.TimeSpan",
  dynamic: "System.Object",
  guid: "System.Guid",
};

/** getschema: a row for each column. Source: learn.microsoft.com/kusto/query/getschema-operator, checked 2026-11. */
export function getSchema(_operator: SyntaxNode, input: Tabular): Tabular {
  return {
    columns: [
      { name: "ColumnName", type: "string" },
      { name: "ColumnOrdinal", type: "long" },
      { name: "DataType", type: "string" },
      { name: "ColumnType", type: "string" },
    ],
    stream: (sink) =>
      emit(
        visible(input.columns).map(({ name, type }, index) => [name, index, DOTNET_TYPES[type], type]),
        sink,
      ),
  };
}
