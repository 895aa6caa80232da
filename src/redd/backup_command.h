// `redd backup` and `redd restore`: on the machine of the data directory, with or without a server that runs. Backups of a server elsewhere
// are made by `coho backup`. No logic beyond arguments and words: module backup has it.
#pragma once

#include <cstdint>
#include <string>

#include "serve.h"

namespace CLI {
class App;
}

namespace redd {

struct BackupCommand {
  std::string data, to, passphraseFile, keyFile;
  bool withKey = false;
};
void defineBackup(CLI::App& app, BackupCommand& command);
int runBackup(const BackupCommand& command, Output output);  // the process's exit code

struct RestoreCommand {
  std::string archive, to, keyFile, secretKeyFile, passphraseFile, space, as, at;
  std::string s3, s3Region = "us-east-1";
  bool force = false;
};
void defineRestore(CLI::App& app, RestoreCommand& command);
int runRestore(const RestoreCommand& command, Output output);

}  // namespace redd
