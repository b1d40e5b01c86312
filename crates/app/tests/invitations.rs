//! Invitations: the chairs of a subtree get accounts in one act, each comes in by a code that works once, and the federation above renews what is
//! lost and hands over what has passed to another.

#[path = "invitations/reminding.rs"]
mod reminding;
#[path = "invitations/table.rs"]
mod table;

use jianjia_app::{
    core::{app::App, error::Error},
    exchange::{import::machine::at_the_machine, verification::verify},
    office::{
        account as accounts,
        invitation::{
            self as invitations, Filter, handover,
            joining::{self, JoinInput},
            making,
            printing::{self, Sheet},
        },
        session::{self as sessions, Browser},
    },
    register::person as people,
    round::application::{self as applications, DraftInput},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role, RoleAt},
        proof::Proof,
        refusal::Refusal,
    },
    exchange::import::ImportKind,
    office::account::{AccountState, NameSource},
    register::person::{PersonForm, Post},
};
use jianjia_store::{core::db::Engine, office::account as store, register::person};
use jiff::civil::{Date, date};

const TODAY: Date = date(2016, 10, 20);
const PASSWORD: &str = "pear tree bicycle";

/// A township with two unions, of which one has a chair in the register.
struct Office {
    city: TestCity,
    top: UnitPlace,
    township: UnitPlace,
    union: UnitPlace,
    other: UnitPlace,
    approver: Actor,
}

async fn office(city: TestCity) -> Office {
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    let township = city
        .unit(Some(&district), UnitKind::Township, "红梅街道总工会")
        .await;
    let union = city
        .unit(Some(&township), UnitKind::Grassroots, "长江纺织厂工会")
        .await;
    let other = city
        .unit(Some(&township), UnitKind::Grassroots, "红梅食品厂工会")
        .await;
    city.person(&union, "王伟", Post::Chair).await;
    let roles = [(Role::Approver, &township)];
    let approver = city.actor("街道审批", &roles).await;
    Office {
        city,
        top,
        township,
        union,
        other,
        approver,
    }
}

impl Office {
    fn app(&self) -> &App {
        &self.city.app
    }

    async fn made(&self) -> Vec<Sheet> {
        let (app, under) = (self.app(), &self.township.id);
        making::make(app, &self.approver, under, true, 2)
            .await
            .unwrap();
        let printed = printing::print(app, &self.approver, under, Filter::New, 30).await;
        printed.unwrap().sheets
    }

    /// How many there are: never invited, invited, expired, came, revoked.
    async fn counts(&self) -> [i64; 5] {
        let under = Some(&self.township.id);
        let listed = invitations::list(self.app(), &self.approver, under, Filter::New, None, 1);
        let counts = listed.await.unwrap().counts;
        [
            counts.new,
            counts.waiting,
            counts.expired,
            counts.used,
            counts.revoked,
        ]
    }

    async fn join(&self, sheet: &Sheet, name: &str) -> Result<sessions::Begun, Error> {
        joining::join(self.app(), &from("10.0.0.1"), &typed(sheet, name)).await
    }

    async fn actor_of(&self, login: &str) -> Actor {
        let mut tx = self.app().db.read().await.unwrap();
        let found = store::credentials_of_login(&mut tx, login).await.unwrap();
        let account = store::find(&mut tx, &found.unwrap().id)
            .await
            .unwrap()
            .unwrap();
        Actor {
            account: account.id,
            person: account.person,
            name: account.name,
            roles: account.roles,
            proof: Proof::Password,
        }
    }
}

fn from(network: &str) -> Browser {
    Browser {
        network: network.to_owned(),
        ..Browser::default()
    }
}

fn typed(sheet: &Sheet, name: &str) -> JoinInput {
    JoinInput {
        code: sheet.code.to_lowercase(),
        name: name.to_owned(),
        login: String::new(),
        chosen: PASSWORD.to_owned(),
        again: PASSWORD.to_owned(),
    }
}

/// The key of a refusal, and at which field.
fn key<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(Refusal::Fields(fields))) => {
            let told = fields
                .iter()
                .map(|(field, refusal)| format!("{field}: {}", refusal.key()));
            told.collect::<Vec<_>>().join(", ")
        }
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => "done".to_owned(),
    }
}

async fn sign_in(app: &App, login: &str, password: &str) -> String {
    key(sessions::sign_in(app, login, password, &from("10.0.0.9")).await)
}

#[tokio::test]
async fn every_chair_of_a_township_comes_in_by_a_code_that_works_once() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let (app, approver, under) = (office.app(), &office.approver, &office.township.id);
        let preview = making::preview(app, approver, under).await.unwrap();
        let figures = [
            preview.unions,
            preview.have_one,
            preview.named,
            preview.unnamed,
            preview.numbered,
        ];
        assert_eq!(
            figures,
            [2, 0, 1, 1, 2],
            "the township's own chair is not its approver's"
        );
        assert_eq!(preview.without_chair, std::slice::from_ref(&office.other));
        let made = making::make(app, approver, under, true, 1).await;
        assert_eq!(key(made), "invitation/changed");
        let sheets = office.made().await;
        assert_eq!(
            key(making::make(app, approver, under, true, 0).await),
            "invitation/nothing-to-make"
        );
        assert_eq!(office.counts().await, [0, 2, 0, 0, 0]);
        let [of_wang, of_nobody] = sheets.as_slice() else {
            panic!("two sheets")
        };
        assert_eq!(
            (of_wang.name.as_str(), of_wang.name_source),
            ("王伟", NameSource::Given)
        );
        assert_eq!(of_nobody.name_source, NameSource::Open);

        assert_eq!(
            sign_in(app, &of_wang.login, PASSWORD).await,
            "account/wrong-login"
        );
        assert_eq!(
            sign_in(app, &of_wang.login, "").await,
            "account/wrong-login"
        );
        let nobody = "nobody signs in with this";
        assert_eq!(
            sign_in(app, &of_wang.login, nobody).await,
            "account/wrong-login"
        );
        let network = from("10.0.0.1");
        let wrong = joining::look(app, &network, "0000-0000-0000").await;
        assert_eq!(key(wrong), "code: invitation/code-unknown");
        let invitee = joining::look(app, &network, &of_wang.code).await.unwrap();
        assert_eq!(invitee.account.name, "王伟");
        assert_eq!(invitee.contact.name, "红梅街道总工会");

        let mut input = typed(of_wang, "");
        input.again = "pear tree".to_owned();
        assert_eq!(
            key(joining::join(app, &network, &input).await),
            "again: account/passwords-differ"
        );
        input.chosen = "short".to_owned();
        assert_eq!(
            key(joining::join(app, &network, &input).await),
            "chosen: account/password-too-short"
        );
        office.join(of_wang, "").await.unwrap();
        assert_eq!(
            key(office.join(of_wang, "").await),
            "code: invitation/code-unknown"
        );
        assert_eq!(sign_in(app, &of_wang.login, PASSWORD).await, "done");

        // Whom the register does not know says the name, and may take it as the login.
        let mut input = typed(of_nobody, "");
        input.login = "李 娜".to_owned();
        assert_eq!(
            key(joining::join(app, &network, &input).await),
            "name: account/name-missing"
        );
        input.name = "李娜".to_owned();
        joining::join(app, &network, &input).await.unwrap();
        assert_eq!(sign_in(app, " 李娜 ", PASSWORD).await, "done");
        let listed = invitations::list(app, approver, None, Filter::Used, None, 1)
            .await
            .unwrap();
        let names: Vec<(&str, NameSource)> = listed
            .lines
            .iter()
            .map(|line| (line.name.as_str(), line.name_source))
            .collect();
        assert_eq!(
            names,
            [("王伟", NameSource::Given), ("李娜", NameSource::Own)]
        );
        assert_eq!(office.counts().await, [0, 0, 0, 2, 0]);
        let verified = verify(app).await.unwrap();
        assert_eq!(verified.faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_code_is_renewed_revoked_and_expires_by_the_federation_above_alone() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let (app, approver) = (office.app(), &office.approver);
        let sheets = office.made().await;
        let chair = office.actor_of(&sheets[0].login).await;
        let stranger = office
            .city
            .unit(Some(&office.top), UnitKind::Township, "别的街道总工会")
            .await;
        let stranger = office
            .city
            .actor("别处", &[(Role::Approver, &stranger)])
            .await;
        assert_eq!(
            key(printing::print_one(app, &stranger, &chair.account, 30, true).await),
            "not found"
        );
        assert_eq!(
            key(printing::revoke(app, &stranger, &chair.account).await),
            "not found"
        );
        assert_eq!(
            key(making::preview(app, &stranger, &office.township.id).await),
            "not found"
        );
        let own = printing::print_one(app, approver, &approver.account, 30, true).await;
        assert_eq!(key(own), "account/own-account");

        // Printed again: the sheet before is worth nothing.
        let again = printing::print(app, approver, &office.township.id, Filter::Waiting, 7)
            .await
            .unwrap();
        assert_eq!(again.until, date(2016, 10, 27));
        assert_eq!(
            key(office.join(&sheets[0], "").await),
            "code: invitation/code-unknown"
        );
        printing::revoke(app, approver, &chair.account)
            .await
            .unwrap();
        assert_eq!(
            key(office.join(&again.sheets[0], "").await),
            "code: invitation/code-unknown"
        );
        assert_eq!(
            key(printing::revoke(app, approver, &chair.account).await),
            "invitation/nothing-to-revoke"
        );
        assert_eq!(office.counts().await, [0, 1, 0, 0, 1]);

        app.clock.set(date(2016, 10, 28));
        assert_eq!(office.counts().await, [0, 0, 1, 0, 1]);
        assert_eq!(
            key(office.join(&again.sheets[1], "李娜").await),
            "code: invitation/code-unknown"
        );
        let fresh = printing::print_one(app, approver, &chair.account, 30, false)
            .await
            .unwrap();
        office.join(&fresh.sheets[0], "").await.unwrap();

        // A lost telephone: the sessions end at once, and with them the password.
        let begun = sessions::sign_in(app, &fresh.sheets[0].login, PASSWORD, &from("10.0.0.1"))
            .await
            .unwrap();
        let unsure = printing::print_one(app, approver, &chair.account, 30, false).await;
        assert_eq!(key(unsure), "sure: invitation/has-password");
        assert!(sessions::find(app, &begun.token).await.unwrap().is_some());
        let reset = printing::print_one(app, approver, &chair.account, 30, true)
            .await
            .unwrap();
        assert!(sessions::find(app, &begun.token).await.unwrap().is_none());
        assert_eq!(
            sign_in(app, &reset.sheets[0].login, PASSWORD).await,
            "account/wrong-login"
        );
        office.join(&reset.sheets[0], "").await.unwrap();

        // Who decides is not one person's to let in.
        let administrator = office
            .city
            .actor("管理", &[(Role::Administrator, &office.top)])
            .await;
        let guarded = printing::print_one(app, &administrator, &approver.account, 30, true).await;
        assert_eq!(key(guarded), "invitation/decides");
        let chair_of = accounts::lock(app, &administrator, &chair.account).await;
        chair_of.unwrap();
        let locked = printing::print_one(app, &administrator, &chair.account, 30, true).await;
        assert_eq!(key(locked), "invitation/locked");
    }
}

#[tokio::test]
async fn wrong_codes_slow_a_network_down_and_no_browser_in_which_the_owner_was() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let (app, approver) = (office.app(), &office.approver);
        let sheets = office.made().await;
        let begun = office.join(&sheets[0], "").await.unwrap();
        let chair = office.actor_of(&sheets[0].login).await;
        let reset = printing::print_one(app, approver, &chair.account, 30, true)
            .await
            .unwrap();
        for _ in 0..40 {
            let wrong = joining::look(app, &from("10.0.0.1"), "0000-0000-0000").await;
            assert_eq!(key(wrong), "code: invitation/code-unknown");
        }
        let code = &reset.sheets[0].code;
        let right = joining::look(app, &from("10.0.0.1"), code).await;
        assert_eq!(key(right), "code: invitation/slowed");
        assert_eq!(
            key(joining::look(app, &from("10.0.0.2"), code).await),
            "done"
        );
        let known = Browser {
            known: begun.known,
            ..from("10.0.0.1")
        };
        assert_eq!(key(joining::look(app, &known, code).await), "done");
        let again = joining::join(app, &known, &typed(&reset.sheets[0], "")).await;
        assert_eq!(key(again), "done");
        let mut tx = app.db.read().await.unwrap();
        let told = "SELECT act FROM account_notice";
        assert_eq!(
            jianjia_store::testing::texts(&mut tx, told).await,
            ["reset-by-invitation"],
            "the browser is no new one"
        );
    }
}

#[tokio::test]
async fn a_chair_s_account_goes_to_the_next_chair_and_the_union_s_work_stays() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let (app, approver, union) = (office.app(), &office.approver, &office.union);
        let sheets = office.made().await;
        office.join(&sheets[0], "").await.unwrap();
        let old = office.actor_of(&sheets[0].login).await;
        let draft = DraftInput {
            year: 2016,
            title: "model-home".to_owned(),
            person: None,
            story: "一年来的主要做法。".to_owned(),
            request_key: String::new(),
        };
        let draft = applications::draft(app, &old, &union.id, &draft)
            .await
            .unwrap();
        assert_eq!(
            key(handover::hand_over(app, approver, &union.id, &old.account).await),
            "invitation/no-new-chair"
        );

        let mut tx = app.db.read().await.unwrap();
        let chair = person::chair_of(&mut tx, &union.id).await.unwrap().unwrap();
        drop(tx);
        people::leave(
            app,
            &old,
            &union.id,
            &chair.id,
            "2016-10-19",
            chair.revision,
        )
        .await
        .unwrap();
        let form = PersonForm {
            name: "赵敏".to_owned(),
            post: "chair".to_owned(),
            phone: "138 6101 2345".to_owned(),
            ..PersonForm::default()
        };
        people::create(app, &old, &union.id, &form).await.unwrap();
        let listed = invitations::list(app, approver, None, Filter::New, None, 1)
            .await
            .unwrap();
        let told: Vec<(&str, &str)> = listed
            .handovers
            .iter()
            .map(|handover| (handover.old_name.as_str(), handover.new_name.as_str()))
            .collect();
        assert_eq!(told, [("王伟", "赵敏")]);
        assert_eq!(
            key(handover::hand_over(app, &old, &union.id, &old.account).await),
            "not-your-role"
        );

        let new = handover::hand_over(app, approver, &union.id, &old.account)
            .await
            .unwrap();
        assert_eq!(
            sign_in(app, &sheets[0].login, PASSWORD).await,
            "account/locked"
        );
        let sheet = printing::print_one(app, approver, &new, 30, false)
            .await
            .unwrap();
        assert_eq!(sheet.sheets[0].login, "13861012345");
        office.join(&sheet.sheets[0], "").await.unwrap();
        let chair = office.actor_of("13861012345").await;
        assert_eq!(
            chair.roles,
            [RoleAt {
                role: Role::Chair,
                unit: union.clone()
            }]
        );
        let of_unit = applications::of_unit(app, &chair, &union.id, 2016, None)
            .await
            .unwrap();
        let drafts: Vec<_> = of_unit.applications.iter().map(|view| view.id).collect();
        assert_eq!(drafts, [draft]);
        let listed = invitations::list(app, approver, None, Filter::New, None, 1)
            .await
            .unwrap();
        assert_eq!(listed.handovers_total, 0);
        let mut tx = app.db.read().await.unwrap();
        let old = store::find(&mut tx, &old.account).await.unwrap().unwrap();
        assert_eq!((old.state, old.roles), (AccountState::Locked, Vec::new()));
    }
}

#[tokio::test]
async fn a_whole_city_s_chairs_get_accounts_in_one_transaction_that_the_trail_covers() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let app = office.app();
        let mut table = "工会名称,上级工会,主席\n".to_owned();
        for number in 0..1_000 {
            table.push_str(&format!(
                "第{number}号厂工会,红梅街道总工会,王主席{}\n",
                ['甲', '乙', '丙'][number % 3]
            ));
        }
        let report = at_the_machine(app, ImportKind::Unions, "u.csv", table.as_bytes(), false)
            .await
            .unwrap();
        assert_eq!(report.counts()[0], 1_000, "{:?}", report.rows.first());
        let under = &office.township.id;
        let made = making::make(app, &office.approver, under, false, 1_001)
            .await
            .unwrap();
        assert_eq!(made, 1_001);
        if app.db.engine == Engine::Sqlite {
            let mut tx = app.db.read().await.unwrap();
            let counts = "SELECT stat FROM sqlite_stat1 WHERE idx = 'account_role_unit'";
            let counted = jianjia_store::testing::text(&mut tx, counts).await;
            // Rows, then rows a unit: the index is of use.
            assert_eq!(counted.split(' ').nth(1), Some("1"), "{counted}");
        }
        assert_eq!(office.counts().await, [1_001, 0, 0, 0, 0]);
        let first = printing::print(app, &office.approver, under, Filter::New, 30)
            .await
            .unwrap();
        assert_eq!((first.sheets.len(), first.left), (240, 761));
        assert_eq!(office.counts().await, [761, 240, 0, 0, 0]);
        let verified = verify(app).await.unwrap();
        assert_eq!(verified.faults, [""; 0]);
    }
}
