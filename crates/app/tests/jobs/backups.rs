//! The nightly backup.

use std::{fs, path::Path};

use jianjia_app::core::{
    app::{App, Backups},
    job::{
        self as jobs, Lane,
        worker::{Node, arm, run_due_once},
    },
};
use jianjia_domain::core::job::JobKind;
use jianjia_store::exchange::backup;
use jiff::SignedDuration;

use crate::{pass, places};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_night_a_backup_is_written_and_the_newest_fourteen_are_kept() {
    for place in places().await {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("backups");
        let backups = Backups {
            folder: folder.clone(),
            seal_for: String::new(),
        };
        let app = App {
            backups: Some(backups),
            ..place.app().clone()
        };
        let node = Node::new(&app, jianjia_app::WORKS);
        arm(&app, &node).await.unwrap();
        let run = async || run_due_once(&app, &node, Lane::Long).await.unwrap();
        assert_eq!(run().await, None, "it is nine in the morning");
        for night in 0..16 {
            pass(&app, SignedDuration::from_hours(24));
            if night == 1 {
                // Left by a node that was killed, and what is nobody's of ours.
                fs::write(folder.join(".jianjia-2016-10-21.zip.7"), "half").unwrap();
                fs::write(folder.join("notes.zip"), "kept").unwrap();
            }
            // The nights' other long jobs are done with it.
            while run().await.is_some() {}
            assert!(!names(&folder).is_empty(), "night {night}");
        }
        let kept = names(&folder);
        assert_eq!(kept.len(), 15, "{kept:?}");
        assert_eq!(kept[0], "jianjia-2016-10-23.zip");
        assert_eq!(kept[13..], ["jianjia-2016-11-05.zip", "notes.zip"]);
        // It can be restored, and the jobs are not in it.
        let empty = match app.db.engine {
            jianjia_store::core::db::Engine::Sqlite => jianjia_store::testing::sqlite().await,
            jianjia_store::core::db::Engine::Postgres => jianjia_store::testing::postgres().await,
        };
        let source = folder.join("jianjia-2016-11-05.zip");
        backup::restore(&empty.db, &app.files, &source, None)
            .await
            .unwrap();
        let mut tx = empty.db.read().await.unwrap();
        let jobs = jianjia_store::testing::texts(&mut tx, "SELECT id FROM job").await;
        assert_eq!(jobs, [""; 0]);
    }
}

#[tokio::test]
async fn a_backup_that_fails_is_told_and_tried_again() {
    for place in places().await {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "no folder").unwrap();
        let backups = Backups {
            folder: file,
            seal_for: String::new(),
        };
        let app = App {
            backups: Some(backups),
            ..place.app().clone()
        };
        let node = Node::new(&app, jianjia_app::WORKS);
        arm(&app, &node).await.unwrap();
        pass(&app, SignedDuration::from_hours(24));
        for _ in 0..5 {
            let mut ran = 0;
            while run_due_once(&app, &node, Lane::Long)
                .await
                .unwrap()
                .is_some()
            {
                ran += 1;
            }
            assert!(ran > 0);
            pass(&app, SignedDuration::from_mins(30));
        }
        let run = run_due_once(&app, &node, Lane::Long).await.unwrap();
        assert_eq!(run, None, "the next night comes as ever");
        let overview = jobs::overview(&app, &place.administrator).await.unwrap();
        let mut periodic = overview.periodic.into_iter();
        let told = periodic
            .find(|one| one.periodic.kind == JobKind::Backup)
            .unwrap();
        let error = told.error.unwrap();
        assert!(error.detail.contains("backups"), "{}", error.detail);
        assert!(told.next_at.unwrap() > app.now());
        let (figures, _) = jobs::figures(&app).await.unwrap();
        assert_eq!(figures.failing, [(JobKind::Backup, 1)]);
    }
}
