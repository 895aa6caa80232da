// Whose tokens open a space: as it is set, and as a call wants it to be.
#pragma once

#include "auth/authenticator.h"
#include "operations.h"

namespace redd::control {

auth::TokenPolicy policyOf(const space::Space& space);

// Of the arguments url, issuer, audience and algorithms; url "" stands for no policy at all, whatever else was given. What cannot be set is
// refused, and named: a URL that may not be fetched, an algorithm that is none of a key set's.
Result<auth::TokenPolicy> wantedPolicy(const Call& call);

Result<auth::Authenticator*> authenticatorOf(const Call& call);

}  // namespace redd::control
