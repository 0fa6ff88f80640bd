// Mends a proximity graph: gives a way in to rows that no walk would reach.
// Threads: functions without state.
#ifndef INDEX_VECTOR_GRAPH_GRAPH_REPAIR_H_
#define INDEX_VECTOR_GRAPH_GRAPH_REPAIR_H_

#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/proximity_graph.h"

namespace phenix::index::vector {

/// Links each row that cannot be reached from the first rows of the graph's parts: a near row that
/// is reached gives up its last link for it. Cost: one pass over the links, and one scan of a
/// sample per unreached group.
void ConnectUnreached(const distance::Kernels& kernels, const ByteRows& rows,
                      ProximityGraph* graph);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_GRAPH_REPAIR_H_
