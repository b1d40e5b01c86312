//! Acts on one account, and what its owner does meanwhile.

use jianjia_domain::core::proof::Proof;
use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    office::{
        account::{self as accounts, AccountInput},
        password as passwords,
        session::{self as sessions, Browser},
    },
    year::sheet::{self as sheets, SayInput},
};
use jianjia_demo::testing::story::PASSWORD;
use jianjia_domain::{
    core::{
        ids::AccountId,
        place::UnitPlace,
        policy::{Actor, Role, RoleAt},
    },
    office::account::{Account, AccountState, NameSource},
};
use jianjia_store::{core::db::Tx, office::account as store};

use super::{Nodes, number, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AccountAct {
    Lock,
    Reset,
    SignIn,
    ChangePassword,
    TakeRole,
    GiveRole,
    /// The owner, signed in before, says a fact.
    Say,
    /// Makes an account with a login that the other wants as well.
    Create,
    /// Two administrators take each other's role, or lock each other.
    TakeFromOther(usize),
    LockOther(usize),
}

struct Stage {
    union: UnitPlace,
    login: String,
    owner: Actor,
    administrators: [Actor; 2],
    top: UnitPlace,
}

const CHOSEN: &str = "a-newly-chosen-one-9";

async fn stage(nodes: &Nodes, hash: &str) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("工会");
    let union = city
        .city
        .unit(
            Some(&city.township),
            jianjia_domain::core::place::UnitKind::Grassroots,
            &name,
        )
        .await;
    let login = nodes.name("u");
    let now = app.now();
    let made = Account {
        id: AccountId(app.entropy.id(now)),
        login: login.clone(),
        name: "王主席".to_owned(),
        person: None,
        state: AccountState::Active,
        must_change: false,
        has_password: true,
        telephone: String::new(),
        mail: String::new(),
        name_source: NameSource::Given,
        created_at: now,
        roles: vec![RoleAt {
            role: Role::Chair,
            unit: union.clone(),
        }],
    };
    let mut tx = app.db.write("account").await.unwrap();
    store::insert(&mut tx, &made, "", hash).await.unwrap();
    jianjia_demo::testing::keep(app, tx).await;
    let administrator = async |name: &str| {
        let roles = [(Role::Administrator, &city.top)];
        city.city.actor(name, &roles).await
    };
    Stage {
        administrators: [administrator("管理甲").await, administrator("管理乙").await],
        owner: Actor {
            account: made.id,
            person: None,
            name: made.name,
            roles: made.roles,
            proof: Proof::Password,
        },
        top: city.top.clone(),
        union,
        login,
    }
}

fn browser() -> Browser {
    Browser {
        network: "10.0.0.1".to_owned(),
        ..Browser::default()
    }
}

fn perform(app: App, stage: Arc<Stage>, act: AccountAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let ([first, _], owner) = (&stage.administrators, &stage.owner);
        let (id, union) = (&owner.account, &stage.union.id);
        match act {
            AccountAct::Lock => said(accounts::lock(app, first, id).await),
            AccountAct::Reset => said(accounts::reset_password(app, first, id).await),
            AccountAct::SignIn => {
                said(sessions::sign_in(app, &stage.login, PASSWORD, &browser()).await)
            }
            AccountAct::ChangePassword => {
                said(passwords::change(app, owner, &browser(), PASSWORD, CHOSEN, CHOSEN).await)
            }
            AccountAct::TakeRole => {
                said(accounts::take_role(app, first, id, union, Role::Chair).await)
            }
            AccountAct::GiveRole => {
                said(accounts::give_role(app, first, id, &union.to_string(), "clerk").await)
            }
            AccountAct::Say => {
                let input = SayInput {
                    typed: [("members".to_owned(), "199".to_owned())].into(),
                    ..SayInput::default()
                };
                said(sheets::say(app, owner, union, None, 2016, &input).await)
            }
            AccountAct::Create => {
                let input = AccountInput {
                    login: format!("{}x", stage.login),
                    name: "李干事".to_owned(),
                    unit: union.to_string(),
                    role: "clerk".to_owned(),
                };
                said(accounts::create(app, first, &input).await)
            }
            AccountAct::TakeFromOther(who) => {
                let (actor, other) = (&stage.administrators[who], &stage.administrators[1 - who]);
                let role = Role::Administrator;
                said(accounts::take_role(app, actor, &other.account, &stage.top.id, role).await)
            }
            AccountAct::LockOther(who) => {
                let (actor, other) = (&stage.administrators[who], &stage.administrators[1 - who]);
                said(accounts::lock(app, actor, &other.account).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let id = &stage.owner.account;
    let owner = store::find(tx, id).await.unwrap().unwrap();
    let mut roles: Vec<&str> = owner.roles.iter().map(|at| at.role.key()).collect();
    roles.sort_unstable();
    let mut administrators = 0;
    for actor in &stage.administrators {
        let found = store::find(tx, &actor.account).await.unwrap().unwrap();
        if found.state == AccountState::Active && !found.roles.is_empty() {
            administrators += 1;
        }
    }
    let sessions = number(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM session WHERE account_id = $1",
        &id.to_string(),
    )
    .await;
    let said = number(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM statement WHERE unit_id = $1",
        &stage.union.id.to_string(),
    )
    .await;
    let made = store::credentials_of_login(tx, &format!("{}x", stage.login)).await;
    let mut nouns = vec![id.to_string()];
    nouns.extend(
        stage
            .administrators
            .iter()
            .map(|actor| actor.account.to_string()),
    );
    format!(
        "{:?} must change {} {roles:?} sessions {sessions} said {said} administrators {administrators} made {} trail {:?}",
        owner.state,
        owner.must_change,
        made.unwrap().is_some(),
        trail(tx, &nouns).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_one_account_come_one_after_the_other() {
    use AccountAct::{
        ChangePassword, Create, GiveRole, Lock, LockOther, Reset, Say, SignIn, TakeFromOther,
        TakeRole,
    };
    let pairs = [
        (Lock, SignIn),
        (Reset, SignIn),
        (Reset, ChangePassword),
        (ChangePassword, ChangePassword),
        (Lock, ChangePassword),
        (ChangePassword, SignIn),
        (TakeRole, Say),
        (Lock, Say),
        (TakeRole, GiveRole),
        (Create, Create),
        (TakeFromOther(0), TakeFromOther(1)),
        (LockOther(0), LockOther(1)),
        (TakeFromOther(1), Lock),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let hash = sessions::hash(nodes.here(), PASSWORD).await.unwrap();
        let stage = async |_| stage(&nodes, &hash).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn who_acts_by_a_role_that_was_just_taken_or_an_account_just_locked_is_refused() {
    for nodes in Nodes::begin().await {
        let hash = sessions::hash(nodes.here(), PASSWORD).await.unwrap();
        for taken in [AccountAct::TakeRole, AccountAct::Lock] {
            let stage = Arc::new(stage(&nodes, &hash).await);
            // The owner's page was opened before, at the other node.
            let mut told = Vec::new();
            for act in [AccountAct::Say, taken, AccountAct::Say] {
                let app = match act {
                    AccountAct::Say => &nodes.there,
                    _ => nodes.here(),
                };
                told.push(perform(app.clone(), stage.clone(), act).await);
            }
            assert_eq!(told, ["done", "done", "role-taken"], "{taken:?}");
        }
    }
}
