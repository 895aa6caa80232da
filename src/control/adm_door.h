// The door of the published command line: /{space}/_A_D_M_{endpoint} (spec 70.5 to 70.11). It says which operation a request is, who may,
// and prints failures; the endpoints (adm_endpoints.h) translate. JSON always, and never a CORS header.
//
// The project comes from the Host header, also when the address is another one (spec 70.1): PROJECT.api.ANY; the default project under
// the names of host_check.h, 421 under any other. Belongs to the loop of Control.
#pragma once

#include "adm_endpoints.h"

namespace redd::control {

class AdmDoor {
 public:
  AdmDoor(Services& services, Dispatcher& dispatcher) : services_(services), dispatcher_(dispatcher) {}

  // Whether a request is for this door. Not under a domain of a space: there every path is the app's.
  bool owns(const http::RequestHead& head) const;
  Task<void> serve(http::Exchange& exchange);

 private:
  Task<void> perform(const AdmEndpoint& endpoint, AdmCall adm);
  Result<account::Principal> whoIsIt(const AdmEndpoint& endpoint, const AdmCall& adm) const;

  Services& services_;
  Dispatcher& dispatcher_;
};

}  // namespace redd::control
