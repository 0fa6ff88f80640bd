// Every call of the REST interface, one function each; router.cc says which path leads to which.
//
// Threads:    any, at once. Errors: a Problem with a code of problem.cc.
// Not here:   authentication and limits of connections (server/).
#ifndef API_CALLS_CALLS_H_
#define API_CALLS_CALLS_H_

#include "api/call.h"
#include "api/http_message.h"
#include "api/problem.h"

namespace phenix::api {

Attempt<Response> ListCollections(Call& call);
Attempt<Response> GetCollection(Call& call);
Attempt<Response> PutCollection(Call& call);
Attempt<Response> AlterCollection(Call& call);
Attempt<Response> DropCollection(Call& call);

Attempt<Response> PostEntities(Call& call);
Attempt<Response> ScanEntities(Call& call);
Attempt<Response> GetEntity(Call& call);
Attempt<Response> PutEntity(Call& call);
Attempt<Response> PatchEntity(Call& call);
Attempt<Response> DeleteEntity(Call& call);

Attempt<Response> ListEdges(Call& call);
Attempt<Response> PostEdges(Call& call);
Attempt<Response> DeleteEdges(Call& call);

Attempt<Response> PostQuery(Call& call);
Attempt<Response> ExplainQuery(Call& call);
Attempt<Response> CountEntities(Call& call);
Attempt<Response> CountFacets(Call& call);

Attempt<Response> BeginTransaction(Call& call);
Attempt<Response> CommitTransaction(Call& call);
Attempt<Response> AbortTransaction(Call& call);
Attempt<Response> RunTransaction(Call& call);

Attempt<Response> ListChanges(Call& call);
Attempt<Response> ShowLimits(Call& call);
Attempt<Response> ShowStats(Call& call);

}  // namespace phenix::api

#endif  // API_CALLS_CALLS_H_
