#include "backup/space_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "crypto/passphrase.h"
#include "disk.h"
#include "server_files.h"
#include "space/space.h"
#include "space_json.h"
#include "store/blob_hold.h"
#include "store/space_file.h"
#include "store/sqlite/database.h"

namespace redd::backup {

namespace fs = std::filesystem;
using store::sqlite::Database;
using store::sqlite::Mode;

namespace {

constexpr std::string_view kFolder = "space";
constexpr std::string_view kJsonName = "space/space.json";
constexpr std::string_view kBundleName = "space/bundle";
constexpr std::string_view kSecretsName = "space/secrets";
constexpr std::size_t kJsonBytesMax = 4 << 20;
constexpr std::size_t kBundleBytesMax = 64 << 20;
constexpr std::size_t kSecretsBytesMax = 4 << 20;

Result<void> addData(ArchiveWriter& writer, const ExportSpace& wish, const fs::path& copy, Progress& progress) {
  const auto folder = wish.dataDir / kSpacesName / wish.space->id;
  std::error_code ignored;
  if (!fs::exists(folder / kDataName, ignored)) return {};
  REDD_TRY(const auto hold, store::BlobHold::take(folder));
  {
    REDD_TRY(auto source, Database::open(folder / kDataName, Mode::readOnly));
    REDD_TRY_VOID(source.copyTo(copy, [&progress](std::int64_t) { return !progress.shallStop; }));
  }
  REDD_TRY(const auto blobs, store::blobsNamedIn(copy));
  REDD_TRY_VOID(writer.addFile(fmt::format("{}/{}", kFolder, kDataName), copy));
  for (const auto& hash : blobs) REDD_TRY_VOID(writer.addFile(blobName(kFolder, hash), folder / blobName(".", hash)));
  return {};
}

// `prefix`, as "space/": what stands below it goes into `folder`; each blob has the content that its name says, and each that is named is there.
Result<void> unpackData(const Archive& archive, std::string_view prefix, const fs::path& folder, Progress& progress) {
  REDD_TRY_VOID(makeFolder(folder));
  std::set<std::string, std::less<>> blobs;
  for (const auto& entry : archive.entries()) {
    if (!entry.name.starts_with(prefix)) continue;
    const auto name = std::string_view(entry.name).substr(prefix.size());
    const auto hash = name.substr(name.rfind('/') + 1);
    if (name != kDataName && (!name.starts_with("blobs/") || hash != entry.sha256 || entry.name != blobName(prefix.substr(0, prefix.size() - 1), hash))) {
      continue;
    }
    REDD_TRY_VOID(archive.extract(entry, folder / name, progress));
    if (name != kDataName) blobs.emplace(hash);
  }
  std::error_code ignored;
  if (!fs::exists(folder / kDataName, ignored)) return {};
  REDD_TRY_VOID(store::acceptForeign(folder / kDataName));
  REDD_TRY(const auto named, store::blobsNamedIn(folder / kDataName));
  for (const auto& hash : named) {
    if (!blobs.contains(hash)) return invalid(fmt::format("The archive is refused: the content {} of a file is not in it", hash));
  }
  for (const char* suffix : {"-wal", "-shm"}) fs::remove((folder / kDataName).string() + suffix, ignored);
  return {};
}

Result<void> readBundle(const Archive& archive, space::AdoptedSpace& out) {
  if (!out.deployment) return {};
  const auto* entry = archive.find(kBundleName);
  if (entry == nullptr) return invalid("The archive is refused: it has a deployment without its bundle");
  REDD_TRY(auto text, archive.read(*entry, kBundleBytesMax));
  auto deployment = std::make_shared<space::Deployment>(*out.deployment);
  deployment->bundleBytes = text.size();
  deployment->bundle = std::make_shared<const std::string>(std::move(text));
  out.deployment = std::move(deployment);
  return {};
}

}  // namespace

Result<Exported> exportSpace(const ExportSpace& wish, Progress& progress) {
  const auto& space = *wish.space;
  Description description{Description::Kind::space, nowMs(), wish.version, space.project, space.name};
  REDD_TRY(auto writer, ArchiveWriter::create(wish.target, description, progress));
  REDD_TRY_VOID(writer.add(kJsonName, spaceText(space)));
  if (space.deployment) REDD_TRY_VOID(writer.add(kBundleName, *space.deployment->bundle));
  Exported out;
  (wish.passphrase.empty() ? out.leftOut : out.sealed) = secretsOf(space);
  if (!wish.passphrase.empty()) {
    REDD_TRY(const auto sealed, crypto::sealUnder(wish.passphrase, kSecretsName, secretsText(space)));
    REDD_TRY_VOID(writer.add(kSecretsName, sealed));
  }
  REDD_TRY(const auto scratch, ScratchFolder::make(fmt::format("{}.copying-{}", wish.target.string(), randomLabel(8))));
  REDD_TRY_VOID(addData(writer, wish, scratch.path() / kDataName, progress));
  REDD_TRY(out.written, writer.finish());
  return out;
}

Result<StagedSpace> stageSpace(const fs::path& file, const std::string& passphrase, const fs::path& scratch, Progress& progress) {
  REDD_TRY(const auto archive, Archive::open(file, progress));
  if (archive.description().kind != Description::Kind::space) {
    return invalid("The archive holds a whole server, and not one space. Fix: coho space rewind, or redd restore --space PROJECT/SPACE");
  }
  const auto* json = archive.find(kJsonName);
  if (json == nullptr) return invalid("The archive is refused: there is no space in it");
  StagedSpace out;
  REDD_TRY(const auto text, archive.read(*json, kJsonBytesMax));
  REDD_TRY(out.adopted, spaceFrom(text, out.leftOut));
  if (const auto* secrets = archive.find(kSecretsName)) {
    if (passphrase.empty()) return invalid("The archive's secrets are sealed under a passphrase. Fix: give it");
    REDD_TRY(const auto sealed, archive.read(*secrets, kSecretsBytesMax));
    REDD_TRY(const auto opened, crypto::openUnder(passphrase, kSecretsName, sealed));
    REDD_TRY_VOID(addSecrets(opened, out.adopted));
    out.leftOut = {};
  }
  REDD_TRY_VOID(readBundle(archive, out.adopted));
  out.folder = scratch / "space";
  REDD_TRY_VOID(unpackData(archive, "space/", out.folder, progress));
  return out;
}

Result<StagedSpace> stageSpace(const FromBackup& wish, const fs::path& scratch, Progress& progress) {
  REDD_TRY(const auto archive, Archive::open(wish.archive, progress));
  const auto* catalogueEntry = archive.find(kCatalogueName);
  if (catalogueEntry == nullptr) return invalid(fmt::format("{} is no backup of a server", wish.archive.filename().string()));
  const auto folder = scratch / "catalogue";
  REDD_TRY_VOID(archive.extract(*catalogueEntry, folder / kCatalogueName, progress));
  REDD_TRY(const auto key, readWholeFile(wish.keyFile, 32));
  REDD_TRY_VOID(writePrivateFile(folder / kKeyName, key));
  auto catalogue = space::Catalogue::open(folder);
  if (!catalogue) {
    return invalid(fmt::format("The catalogue of the backup cannot be read: {} The backup must be of a server with the same secret.key", catalogue.error().text()));
  }
  const auto found = space::findSpace(*(*catalogue)->snapshot(), wish.project, wish.space);
  if (!found) return notFound(fmt::format("The backup has no space {}/{}", wish.project, wish.space));
  const auto& space = **found;
  StagedSpace out;
  out.adopted = {{}, space.settings, space.tokens, space.deployment, space.entry};
  out.folder = scratch / "space";
  REDD_TRY_VOID(unpackData(archive, fmt::format("{}/{}/", kSpacesName, space.id), out.folder, progress));
  return out;
}

Result<Adopted> adopt(space::Catalogue& catalogue, const fs::path& dataDir, StagedSpace staged, const std::string& project, const std::string& name,
                      space::Existing existing) {
  staged.adopted.id = randomLabel(16);
  const auto home = dataDir / kSpacesName / staged.adopted.id;
  const auto before = space::findSpace(*catalogue.snapshot(), project, name);
  REDD_TRY_VOID(makeFolder(home.parent_path()));
  REDD_TRY_VOID(syncTree(staged.folder));
  std::error_code failed;
  fs::rename(staged.folder, home, failed);
  if (failed) return failure("move the data to", home, failed.value());
  REDD_TRY_VOID(syncFolder(home.parent_path()));
  auto adopted = catalogue.adoptSpace(project, name, std::move(staged.adopted), existing);
  if (!adopted) {
    fs::remove_all(home, failed);
    return std::move(adopted).error();
  }
  return Adopted{*std::move(adopted), before ? (*before)->id : std::string()};
}

}  // namespace redd::backup
