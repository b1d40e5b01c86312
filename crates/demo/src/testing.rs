//! Small cities for tests: a real database on each engine, a standing clock, a seeded source of randomness, the Changzhou standard.

mod checks;
pub mod fixtures;
pub mod making;
pub mod polling;
pub mod story;

use std::sync::{Arc, LazyLock};

use jianjia_app::core::{
    app::App, clock::Clock, entropy::Entropy, memory::Memory, secret::SlipKey, standard::Standards,
};
use jianjia_domain::core::proof::Proof;
use jianjia_domain::core::{
    audit::{AuditLine, Written},
    ids::{AccountId, AuditId, UnitId},
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role, RoleAt},
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{audit, bulk, changed, counter::next_numbers, db::Tx, file::Files},
    testing::{self, TestDatabase},
};
use jiff::civil::Date;

/// An app over a fresh database; both go with it.
pub struct TestCity {
    pub app: App,
    pub database: TestDatabase,
}

/// A city on SQLite and one on PostgreSQL, both at nine in the morning of `today`.
pub async fn both(today: Date) -> Vec<TestCity> {
    testing::both()
        .await
        .into_iter()
        .map(|database| city(database, today))
        .collect()
}

/// # Panics
/// When the standard or the folder can't be read: a test can't go on then.
pub fn city(database: TestDatabase, today: Date) -> TestCity {
    let app = App {
        db: database.db.clone(),
        files: Files::in_folder(&database.folder.path().join("files")).expect("a folder for files"),
        standards: Standards::of_one(Arc::clone(&CHANGZHOU)),
        clock: Clock::standing_at(today),
        entropy: Entropy::seeded(20_160_329),
        slip_key: SlipKey([7; 32]),
        heads: None,
        memory: Memory::default(),
        followers: jianjia_app::FOLLOWERS,
        backups: None,
        second_factor: Arc::default(),
        post: Default::default(),
        provider: None,
        is_demo: false,
    };
    TestCity { app, database }
}

/// Commits what a test writes past the acts, with a line of the trail that says so: `verify` knows these rows then.
///
/// # Panics
/// When it can't be committed.
pub async fn keep(app: &App, mut tx: Tx) {
    let at = app.now();
    let line = AuditLine {
        id: AuditId(app.entropy.id(at)),
        at,
        account_id: String::new(),
        account_name: String::new(),
        act: Written::Foreign("fixture".to_owned()),
        noun: Written::Foreign("fixture".to_owned()),
        noun_id: String::new(),
        unit_id: None,
        unit_path: String::new(),
        detail: serde_json::Value::Null,
    };
    audit::append(&mut tx, &line).await.expect("a line");
    tx.commit().await.expect("committed");
}

/// Loaded once for all cities of a test.
static CHANGZHOU: LazyLock<Arc<Standard>> = LazyLock::new(|| {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
    Arc::new(jianjia_standard::load::folder(&folder).expect("the Changzhou standard is sound"))
});

/// One to change.
///
/// # Panics
/// When the standard of the repository is not sound.
pub fn changzhou() -> Standard {
    Standard::clone(&CHANGZHOU)
}

impl TestCity {
    /// A unit in the register, below `above`, founded in 2009; grassroots unions belong to an enterprise.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn unit(&self, above: Option<&UnitPlace>, kind: UnitKind, name: &str) -> UnitPlace {
        let now = self.app.now();
        let id = UnitId(self.app.entropy.id(now));
        let mut tx = self.app.db.write("unit").await.expect("a transaction");
        let number = next_numbers(&mut tx, "unit", 1).await.expect("a number");
        let path = format!(
            "{}{number}/",
            above.map_or("/", |above| above.path.as_str())
        );
        let employer = matches!(
            kind,
            UnitKind::Grassroots | UnitKind::Direct | UnitKind::Branch
        )
        .then(|| "enterprise".to_owned());
        let columns = [
            "id",
            "number",
            "parent_id",
            "path",
            "kind",
            "name",
            "sort_key",
            "founded_on",
            "employer",
            "created_at",
            "changed_at",
        ];
        let row = vec![
            id.to_string().into(),
            number.into(),
            above.map(|above| above.id.to_string()).into(),
            path.clone().into(),
            kind.key().into(),
            name.into(),
            name.into(),
            "2009-06-01".into(),
            employer.into(),
            now.to_string().into(),
            now.to_string().into(),
        ];
        // It comes in past the register.
        changed::everywhere(&mut tx);
        bulk::insert(&mut tx, "unit", &columns, vec![row])
            .await
            .expect("the unit is kept");
        keep(&self.app, tx).await;
        UnitPlace {
            id,
            kind,
            name: name.to_owned(),
            path,
        }
    }

    /// Somebody with an account and roles.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn actor(&self, name: &str, roles: &[(Role, &UnitPlace)]) -> Actor {
        let now = self.app.now().to_string();
        let account = AccountId(self.app.entropy.id(self.app.now()));
        let mut tx = self.app.db.write("account").await.expect("a transaction");
        let columns = [
            "id",
            "login",
            "name",
            "password_hash",
            "created_at",
            "changed_at",
        ];
        let row = vec![
            account.to_string().into(),
            account.to_string().into(),
            name.into(),
            "no password".into(),
            now.clone().into(),
            now.clone().into(),
        ];
        bulk::insert(&mut tx, "account", &columns, vec![row])
            .await
            .expect("the account is kept");
        let rows = roles
            .iter()
            .map(|(role, unit)| {
                vec![
                    account.to_string().into(),
                    unit.id.to_string().into(),
                    unit.path.clone().into(),
                    role.key().into(),
                    now.clone().into(),
                ]
            })
            .collect();
        bulk::insert(
            &mut tx,
            "account_role",
            &["account_id", "unit_id", "unit_path", "role", "since_at"],
            rows,
        )
        .await
        .expect("the roles are kept");
        keep(&self.app, tx).await;
        let roles = roles
            .iter()
            .map(|(role, unit)| RoleAt {
                role: *role,
                unit: (*unit).clone(),
            })
            .collect();
        Actor {
            account,
            person: None,
            name: name.to_owned(),
            roles,
            proof: Proof::Password,
        }
    }
}
