"""Squared distances in vector registers, always with the same bits.

The compiler adds in another order in each loop that it turns into vector code, so two ways to the distance
of one pair would differ in the last bit, and exact duplicates would be no ties. Here the order is spelled
out in LLVM's own language, which has vectors of 16 numbers on every processor: sum number s takes the terms
t with t % 16 == s, and the 16 sums are added in halves. A row must be a multiple of 16 long (pad it with 0).
Use it in an `exact_kernel`. Kernels are not recompiled when this file changes: touch those that use it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from llvmlite import ir
from numba import extending
from numba.core import cgutils, types

LANES = 16
_PREFETCHED_LINES = 2
Intrinsic = Callable[..., Any]

_WORD, _NUMBER = ir.IntType(64), ir.IntType(32)
_VECTOR = ir.VectorType(ir.FloatType(), LANES)


def _intrinsic(function: Intrinsic) -> Intrinsic:
    """Give numba a function by the LLVM code that it stands for."""
    made: Intrinsic = extending.intrinsic(function)
    return made


def _arrays(context: Any, builder: Any, signature: Any, args: Sequence[Any], places: Sequence[int]) -> Any:
    return [context.make_array(signature.args[n])(context, builder, args[n]) for n in places]


def _row(builder: Any, array: Any, number: Any) -> Any:
    """Return where a row of an array in C order begins."""
    return builder.gep(array.data, [builder.mul(number, builder.extract_value(array.shape, 1))])


def _load(builder: Any, pointer: Any, offset: Any) -> Any:
    vector = builder.load(builder.bitcast(builder.gep(pointer, [offset]), _VECTOR.as_pointer()))
    vector.align = 4
    return vector


def _sums(builder: Any, d: Any, count: int, terms: Callable[[Any], Iterable[Any]]) -> list[Any]:
    """Emit a loop over t = 0, 16, .. that adds the squares of `terms(t)` to `count` vectors."""
    before, loop, after = builder.block, builder.append_basic_block(), builder.append_basic_block()
    builder.branch(loop)
    builder.position_at_end(loop)
    t = builder.phi(_WORD)
    sums = [builder.phi(_VECTOR) for _ in range(count)]
    added = [
        builder.fadd(total, builder.fmul(term, term, flags=["contract"]), flags=["contract"])
        for total, term in zip(sums, terms(t), strict=True)
    ]
    following = builder.add(t, _WORD(LANES))
    for phi, value in [(t, following), *zip(sums, added, strict=True)]:
        phi.add_incoming(ir.Constant(phi.type, 0 if phi is t else None), before)
        phi.add_incoming(value, loop)
    builder.cbranch(builder.icmp_signed("<", following, d), loop, after)
    builder.position_at_end(after)
    return added


def _folded(builder: Any, vector: Any, join: Callable[[Any, Any], Any]) -> Any:
    """Join the halves of a vector until one number is left."""
    width = LANES
    while width > 1:
        width //= 2
        halves = [
            builder.shuffle_vector(
                vector,
                ir.Constant(vector.type, ir.Undefined),
                ir.Constant(ir.VectorType(_NUMBER, width), list(range(start, start + width))),
            )
            for start in (0, width)
        ]
        vector = join(*halves)
    return builder.extract_element(vector, _NUMBER(0))


@_intrinsic
def row_distance(_: Any, a: Any, i: Any, b: Any, j: Any) -> Any:
    """Return the squared distance between row i of a and row j of b."""
    signature = types.float32(a, types.intp, b, types.intp)

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        one, two = _arrays(context, builder, signature, args, (0, 2))
        x, y = _row(builder, one, args[1]), _row(builder, two, args[3])
        d = builder.extract_value(one.shape, 1)
        (total,) = _sums(builder, d, 1, lambda t: [builder.fsub(_load(builder, x, t), _load(builder, y, t))])
        return _folded(builder, total, builder.fadd)

    return signature, build


@_intrinsic
def tile_distances(_: Any, x: Any, i: Any, tiles: Any, tile: Any, out: Any) -> Any:
    """Write the squared distances of row i of x to the columns of tiles[tile]; return the least."""
    signature = types.float32(x, types.intp, tiles, types.intp, out)

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows, columns, found = _arrays(context, builder, signature, args, (0, 2, 4))
        d = builder.extract_value(rows.shape, 1)
        row = _row(builder, rows, args[1])
        begin = builder.gep(columns.data, [builder.mul(builder.mul(args[3], d), _WORD(LANES))])
        undefined, zeros = (
            ir.Constant(_VECTOR, ir.Undefined),
            ir.Constant(ir.VectorType(_NUMBER, LANES), None),
        )

        def terms(places: Sequence[Any], t: Any) -> Any:
            for place in places:
                at = builder.add(t, place)
                value = builder.insert_element(undefined, builder.load(builder.gep(row, [at])), _NUMBER(0))
                column = _load(builder, begin, builder.mul(at, _WORD(LANES)))
                yield builder.fsub(builder.shuffle_vector(value, undefined, zeros), column)

        sums: list[Any] = []
        for first in range(0, LANES, 4):  # four sums at a time fit into the registers of every processor
            places = [_WORD(first + place) for place in range(4)]
            sums += _sums(builder, d, 4, partial(terms, places))
        while len(sums) > 1:
            half = len(sums) // 2
            sums = [builder.fadd(one, two) for one, two in zip(sums[:half], sums[half:], strict=True)]
        builder.store(sums[0], builder.bitcast(found.data, _VECTOR.as_pointer())).align = 4
        return _folded(builder, sums[0], lambda a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))

    return signature, build


@_intrinsic
def prefetch(_: Any, vectors: Any, i: Any) -> Any:
    """Ask for the first cache lines of row i, so that later rows travel while this one is worked on."""
    signature = types.void(vectors, types.intp)

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        (array,) = _arrays(context, builder, signature, args, (0,))
        byte = builder.bitcast(_row(builder, array, args[1]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [byte.type, _NUMBER, _NUMBER, _NUMBER])
        function: Any = cgutils
        ask = function.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        for line in range(_PREFETCHED_LINES):
            at = builder.gep(byte, [_WORD(64 * line)])
            builder.call(ask, [at, _NUMBER(0), _NUMBER(3), _NUMBER(1)])  # to read, again soon, data
        return context.get_dummy_value()

    return signature, build
