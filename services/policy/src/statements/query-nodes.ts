/**
 * Nodes of the grammar whose meaning in a query is known to this version: constants, columns,
 * syntax, and what the walk looks at. Anything else makes a query opaque.
 */
export const QUERY_NODES: ReadonlySet<string> = new Set(
  `
A_ArrayExpr A_Const A_Expr A_Indices A_Indirection A_Star Alias BitString BoolExpr Boolean
BooleanTest CTECycleClause CTESearchClause CaseExpr CaseWhen CoalesceExpr CollateClause ColumnDef
ColumnRef CommonTableExpr CurrentOfExpr DefElem DeleteStmt Float FuncCall GroupingFunc GroupingSet
IndexElem InferClause InsertStmt Integer IntoClause JoinExpr JsonAggConstructor JsonArgument
JsonArrayAgg JsonArrayConstructor JsonArrayQueryConstructor JsonBehavior JsonFormat JsonFuncExpr
JsonIsPredicate JsonKeyValue JsonObjectAgg JsonObjectConstructor JsonOutput JsonParseExpr
JsonReturning JsonScalarExpr JsonSerializeExpr JsonTable JsonTableColumn JsonTablePathSpec
JsonValueExpr List LockingClause MergeStmt MergeWhenClause MinMaxExpr MultiAssignRef NamedArgExpr
NullTest OnConflictClause ParamRef RangeFunction RangeSubselect RangeTableFunc RangeTableFuncCol
RangeTableSample RangeVar ResTarget ReturningClause ReturningOption RowExpr SQLValueFunction
SelectStmt SetToDefault SortBy String SubLink TypeCast TypeName UpdateStmt WindowDef WithClause
XmlExpr XmlSerialize
`
    .split(/\s+/)
    .filter((name) => name !== ''),
);
