//! The identity of an instance, shared by a database and its files: written at the first start, checked at every later one.

use anyhow::{Result, bail};
use jianjia_store::core::{db::Db, file::Storage, instance, scope::Scope};
use jiff::Timestamp;

use crate::core::entropy::Entropy;

/// Connects a database with its files. The first start marks both; a node that joins a database in use must come with the folder or bucket that the
/// other nodes share.
///
/// # Errors
/// If the files are another instance's, or are not marked although the database is in use.
pub async fn join(db: &Db, storage: &Storage, entropy: &Entropy, now: Timestamp) -> Result<String> {
    let mut tx = db.write(Scope::Instance).await?;
    let known = instance::find(&mut tx).await?;
    let id = match (known, instance::marked(storage).await?) {
        (Some(known), Some(marked)) if known == marked => return Ok(known),
        (Some(known), None) => bail!(unmarked(storage, &known)),
        (Some(known), Some(_)) => bail!(another(storage, &known)),
        // A database restored beside its files, or a first start that was interrupted.
        (None, Some(marked)) => marked,
        (None, None) => {
            let mut random = [0; 16];
            entropy.fill(&mut random);
            let id = hex::encode(random);
            instance::mark(storage, &id).await?;
            id
        }
    };
    instance::insert(&mut tx, &id, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// As `join`, without marking anything: for read-only commands. A missing folder holds no files.
///
/// # Errors
/// If they are not the instance's.
pub async fn check(db: &Db, storage: &Storage) -> Result<()> {
    let mut tx = db.read().await?;
    let Some(known) = instance::find(&mut tx).await? else {
        return Ok(());
    };
    let marked = instance::marked(storage).await?;
    match (marked, storage) {
        (Some(marked), _) if marked == known => Ok(()),
        (Some(_), _) => bail!(another(storage, &known)),
        (None, Storage::Folder(folder)) if !folder.is_dir() => Ok(()),
        (None, _) => bail!(unmarked(storage, &known)),
    }
}

fn unmarked(storage: &Storage, known: &str) -> String {
    format!(
        "the place of files {storage} is not the one of this database's instance: the other nodes keep theirs elsewhere, and what is uploaded here would be missing there. Name the shared one with --files (or JIANJIA_FILES, or `files` in jianjia.toml). If this is it, put the line {known} into its file `{}`",
        instance::MARKER
    )
}

fn another(storage: &Storage, known: &str) -> String {
    format!(
        "the place of files {storage} belongs to another instance (its file `{}` does not say {known}, as the database does). Name this instance's files with --files (or JIANJIA_FILES, or `files` in jianjia.toml), or its database with --database",
        instance::MARKER
    )
}

#[cfg(test)]
mod tests {
    use jianjia_store::testing;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[tokio::test]
    async fn nodes_of_one_database_share_one_folder_on_both_engines() {
        for database in testing::both().await {
            let (db, entropy) = (&database.db, Entropy::seeded(1));
            let (shared, own) = (
                database.folder.path().join("shared"),
                database.folder.path().join("own"),
            );
            let (shared, own_folder) = (Storage::Folder(shared), own);
            let own = Storage::Folder(own_folder.clone());
            let there = Db::open(&database.url).await.unwrap();
            // Two nodes start for the first time at the same moment.
            let (first, second) = tokio::join!(
                join(db, &shared, &entropy, NOW),
                join(&there, &shared, &entropy, NOW)
            );
            assert_eq!(first.unwrap(), second.unwrap());
            let told = join(&there, &own, &entropy, NOW).await.unwrap_err();
            assert!(told.to_string().contains("Name the shared one"), "{told}");
            assert!(!own_folder.exists(), "a refused start leaves nothing");
            check(db, &shared).await.unwrap();
            check(db, &own).await.unwrap();
            std::fs::create_dir(&own_folder).unwrap();
            assert!(check(db, &own).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_folder_of_another_instance_is_refused_and_a_restored_database_takes_its_own() {
        let (one, other) = (testing::sqlite().await, testing::postgres().await);
        let entropy = Entropy::seeded(1);
        let files = |database: &testing::TestDatabase| {
            Storage::Folder(database.folder.path().join("files"))
        };
        let id = join(&one.db, &files(&one), &entropy, NOW).await.unwrap();
        join(&other.db, &files(&other), &entropy, NOW)
            .await
            .unwrap();
        let told = join(&one.db, &files(&other), &entropy, NOW).await;
        assert!(told.unwrap_err().to_string().contains("another instance"));
        assert!(check(&one.db, &files(&other)).await.is_err());
        let restored = testing::sqlite().await;
        let taken = join(&restored.db, &files(&one), &entropy, NOW).await;
        assert_eq!(taken.unwrap(), id);
    }
}
