//! One record of every kind, all of the small city's union: what the addresses of routes are filled with. `money` has those of money.

mod money;

use std::{
    collections::BTreeMap,
    io::Cursor,
    sync::atomic::{AtomicI32, Ordering},
};

use jianjia_app::{
    amending::what_if::proposal::{self as proposals, SaveInput},
    core::job::{self as jobs, NewJob},
    exchange::import as imports,
    office::{account as accounts, letter as letters, request as account_requests},
    register::election as elections,
    round::{objection as objections, veto as vetoes},
    year::{activity as activities, evidence},
};
use jianjia_domain::{
    amending::amendment::{Amendment, AmendmentState, Checked, Files, Found, Origin},
    core::{
        ids::{
            AccountId, AmendmentId, ApplicationId, DoubtId, EntryId, HonourId, ImprovementId,
            ObjectionId, PollId, PublicationId,
        },
        job::JobKind,
        place::UnitPlace,
        policy::Role,
    },
    exchange::import::ImportKind,
    honour::honour::{Honour, HonourSource, HonourState},
    insight::{
        doubt::{Doubt, DoubtState},
        xray::{Amount, Figures},
    },
    office::letter::LetterForm,
    rating::{
        improvement::Improvement,
        poll::{
            GroupMember, Lock, Plan, Poll,
            counting::{ClosingRecord, Tally},
            stage::{Closed, Counted, Opened, Stage},
        },
    },
    register::{election::ElectionForm, person::Post},
    round::{
        application::{ApplicantPerson, ApplicantUnit, Application, State},
        entry::Entry,
        objection::ObjectionForm,
        publication::{Publication, PublicationOrder, Shown, ShownLine},
        round::Days,
        route::Step,
        veto::VetoInput,
    },
    year::activity::ActivityInput,
};
use jianjia_standard::{Text, kinds::HonourLevel, programme::RouteAct, what_if::change::Change};
use jianjia_store::{
    amending::amendment::{self as amendments, EffectOf},
    core::{file::content_hash, guess as failures, scope::Scope},
    honour::honour,
    insight::doubt as doubts,
    office::letter as received_letters,
    rating::{improvement as improvements, poll as polls},
    round::{
        application as applications,
        entry::{self as entries, EntryFilter},
        objection as received_objections, publication as publications,
    },
};
use jianjia_web::routes::Route;
use jiff::{ToSpan, civil::date};

use super::TestSite;
use crate::stories;

/// The ids by what the addresses call them.
pub struct Records(BTreeMap<&'static str, String>);

const NOTHING: &str = "00000000000000000000000000000000";

impl Records {
    /// Fresh records of the union. Its applications are for three people: a draft, one at the township, one at the district.
    pub async fn of_the_union(site: &TestSite) -> Records {
        let (city, app, union) = (&site.city_of_tests, &site.app, &site.union);
        let clerk = city.actor("王芳", &[(Role::Clerk, union)]).await;
        let township = [(Role::Reviewer, &site.township)];
        let reviewer = city.actor("街道审核", &township).await;
        let district = [(Role::Administrator, &site.district)];
        let administrator = city.actor("区管理员", &district).await;
        let mut found = BTreeMap::from([
            ("units", union.id.to_string()),
            ("federations", site.township.id.to_string()),
            ("accounts", clerk.account.to_string()),
        ]);
        for (name, state) in [
            ("drafts", State::Draft),
            ("applications", State::UnderReview { step: 0 }),
            ("decisions", State::UnderReview { step: 1 }),
        ] {
            found.insert(name, application(site, state).await.to_string());
        }
        let person = city.person(union, &fresh("李秀兰"), Post::Worker).await;
        found.insert("{person}", person.to_string());
        let held_on = date(2009, 6, 2).saturating_add(elections_held().days());
        let election = ElectionForm {
            held_on: held_on.to_string(),
            term_years: "5".to_owned(),
            ..ElectionForm::default()
        };
        let election = elections::create(app, &clerk, &union.id, &election).await;
        found.insert("{election}", election.expect("an election").to_string());
        let activity = ActivityInput {
            held_on: "2016-10-08".to_owned(),
            kind: "quality".to_owned(),
            title: "职工夜校".to_owned(),
            ..ActivityInput::default()
        };
        let activity = activities::log(
            app,
            &clerk,
            &union.id,
            &activity,
            Vec::new(),
            &[],
            &fresh("form"),
        )
        .await;
        found.insert("{activity}", activity.expect("an activity").to_string());
        let uploaded = evidence::upload(app, &clerk, &union.id, vec![photo()], None).await;
        found.insert("{evidence}", uploaded.expect("a photo")[0].to_string());
        let table = "工会名称,上级工会\n甲厂工会,红梅街道总工会\n";
        let import = imports::check(
            app,
            &administrator,
            ImportKind::Unions,
            &site.township.id,
            "名单.csv",
            table.into(),
        )
        .await;
        let given = accounts::give_role(
            app,
            &administrator,
            &clerk.account,
            &union.id.to_string(),
            "approver",
        )
        .await;
        given.expect("a role that waits for another administrator");
        let waiting = account_requests::of_account(app, &administrator, &clerk.account).await;
        let request = waiting.expect("what waits").pop().expect("the role");
        found.insert("{request}", request.request.id.to_string());
        let job = NewJob {
            kind: JobKind::Import,
            key: fresh("job"),
            name: "名单.csv".to_owned(),
            payload: serde_json::Value::Null,
            by: &clerk,
            unit: union,
        };
        let mut tx = app.db.write(Scope::Jobs).await.expect("a transaction");
        let job = jobs::enqueue(app, &mut tx, job).await;
        tx.commit().await.expect("committed");
        found.insert("{job}", job.expect("a job").to_string());
        found.insert("{import}", import.expect("a checked table").to_string());
        let letter = LetterForm {
            kind: "question".to_owned(),
            text: "怎样入会？".to_owned(),
            ..LetterForm::default()
        };
        let received = letters::receive(app, &fresh("network"), &letter).await;
        let number = received.expect("a letter").number;
        let mut tx = app.db.read().await.expect("a transaction");
        let letter = received_letters::of_number(&mut tx, number).await;
        let letter = letter.expect("the letters").expect("the letter");
        tx.commit().await.expect("read");
        found.insert("letters", letter.id.to_string());
        found.insert("{number}", number.to_string());
        let (notice, objection) = objected(site).await;
        found.insert("publications", notice.to_string());
        found.insert("objections", objection.to_string());
        found.insert("{place}", "1".to_owned());
        // One that is over: nobody finds it.
        found.insert("{reading}", uuid::Uuid::nil().to_string());
        let veto = VetoInput {
            year: 2016,
            clause: "V1".to_owned(),
            source: "人社局".to_owned(),
            note: String::new(),
        };
        let standing = vetoes::of_unit(app, &reviewer, &union.id, 2016).await;
        let veto = match standing.expect("the vetoes").pop() {
            Some(veto) => veto,
            None => vetoes::record(app, &reviewer, &union.id, &veto)
                .await
                .expect("a veto"),
        };
        found.insert("vetoes", veto.id.to_string());
        found.insert("entries", entry(site).await.to_string());
        found.insert("department", union.id.to_string());
        found.insert("{department}", "tax".to_owned());
        let (honour, batch) = title(site).await;
        found.insert("honours", honour.to_string());
        let prepared = poll(site, false).await;
        found.insert("polls", prepared.to_string());
        let counted = poll(site, true).await;
        found.insert("{poll}", counted.to_string());
        found.insert("improvements", improvement(site).await.to_string());
        found.insert("{batch}", batch);
        found.insert("{honour}", honour.to_string());
        found.extend(money::records(site, honour).await);
        found.insert("amendments", amendment(site).await.to_string());
        let version = app.standards.of(2016).version.clone();
        found.insert("{version}", version);
        found.insert("{change}", "lose".to_owned());
        let visit = city.drawn(union, "qualified-home", 2016, &[]).await;
        found.insert("{visit}", visit.to_string());
        found.insert("{doubt}", doubt(site).await.to_string());
        found.extend(super::sharing::records(site).await);
        let proposal = SaveInput {
            name: "满意度 88%".to_owned(),
            reason: "让会员更满意".to_owned(),
            changes: Change::read("model-home.M5d.0.at_least", "88%")
                .into_iter()
                .collect(),
            request_key: fresh("form"),
            ..SaveInput::default()
        };
        let proposal = proposals::propose(app, &administrator, &proposal).await;
        found.insert("what-if", proposal.expect("a proposal").id.to_string());
        Records(found)
    }

    /// Nothing at all: every id is one that nothing has.
    pub fn of_nothing() -> Records {
        Records(BTreeMap::new())
    }

    fn id(&self, name: &str) -> &str {
        self.0.get(name).map_or(NOTHING, String::as_str)
    }

    /// The route's address with its places filled.
    pub fn address(&self, route: &Route) -> String {
        let noun = match (route.method, route.path) {
            ("POST", "/applications/{id}")
            | (
                _,
                "/applications/{id}/submission"
                | "/applications/{id}/withdrawal"
                | "/applications/{id}/check"
                | "/applications/{id}/posting"
                | "/applications/{id}/posting/sheet"
                // Of those that few see: a package takes its time.
                | "/applications/{id}/package.pdf"
                | "/applications/{id}/package.zip",
            ) => "drafts",
            (_, "/applications/{id}/decision") => "decisions",
            // What leads others.
            (
                _,
                "/units/{id}/risk"
                | "/units/{id}/risk/export"
                | "/units/{id}/risk/reminder"
                | "/units/{id}/applications/{year}/{title}/papers/{file}",
            ) => "federations",
            (_, path) => path.split('/').nth(1).unwrap_or_default(),
        };
        let filled = route.path.split('/').map(|part| match part {
            "{id}" | "{unit}" => self.id(noun),
            "{year}" => "2016",
            "{title}" if noun == "standard" => "model-home",
            "{title}" => "trusted-home",
            "{kind}" => "unions",
            "{group}" => "funds",
            "{higher}" => "labour-award",
            // Quicker to make than a PDF.
            "{file}" => match noun {
                "units" => "rating.docx",
                "polls" => "slip-list.docx",
                "federations" => "summary.docx",
                "rounds" => "notice.docx",
                "publications" => "publication.docx",
                "objections" => "reply.docx",
                "honours" if route.path.contains("{batch}") => "decision.docx",
                "honours" => "certificate.docx",
                "spot-checks" => "spot-check.docx",
                "progress" => "yearly.docx",
                _ => "application.docx",
            },
            part if part.starts_with('{') => self.id(part),
            part => part,
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// What is sent along: enough for an act that needs no more than a word.
    pub fn fields(&self, route: &Route) -> Vec<(&str, &str)> {
        // The unit itself stays as it is: a stale form is refused to everybody alike.
        let revision = match route.path {
            "/units/{id}/edit" => "0",
            _ => "1",
        };
        vec![
            ("unit", self.id("units")),
            ("role", "clerk"),
            ("evidence", self.id("{evidence}")),
            ("for", "fact:chair_elected"),
            ("year", "2016"),
            ("revision", revision),
            ("opinion", "情况属实。"),
            ("reason", "依据不足。"),
            ("conflict", "主席是我爱人。"),
            ("clause", "W1"),
            ("how", "take"),
            ("outcome", "confirmed"),
            ("reason_W1", "缺证书。"),
            ("left_on", "2016-10-01"),
            ("account", self.id("accounts")),
            ("under", self.id("units")),
            ("export", "units"),
            ("at", self.id("units")),
            ("reply", "已补缴。"),
        ]
    }
}

/// A new version of the standard with a mistake, of which something was worked out.
async fn amendment(site: &TestSite) -> AmendmentId {
    let (app, now) = (&site.app, site.app.now());
    let id = AmendmentId(app.entropy.id(now));
    let checked = Checked {
        mistakes: vec![Found {
            file: "standard.toml".to_owned(),
            line: 3,
            column: 1,
            message: "unknown key".to_owned(),
        }],
        ..Checked::default()
    };
    let amendment = Amendment {
        id,
        name: "2017 年修订".to_owned(),
        reason: "提高满意度".to_owned(),
        state: AmendmentState::Draft,
        base: app.standards.of(2016).version.clone(),
        origin: Origin::Upload,
        origin_id: String::new(),
        made_by: AccountId(app.entropy.id(now)),
        made_by_name: "市审核".to_owned(),
        made_at: now,
        changed_at: now,
        revision: 1,
        checked,
        proposal: None,
    };
    let files = Files {
        standard_toml: "key = \"x\"\n".to_owned(),
        facts_toml: String::new(),
        ..Files::default()
    };
    let effect = EffectOf {
        title: "trusted-home".to_owned(),
        revision: 1,
        year: 2016,
        judged: 1,
        met_before: 1,
        met_after: 0,
        gain: 0,
        lose: 1,
        unclear: 0,
        made_at: now,
    };
    let lost = [("trusted-home".to_owned(), "lose", site.union.id)];
    let mut tx = app.db.write("test").await.expect("a transaction");
    let kept = amendments::insert(&mut tx, &amendment, &files, "").await;
    kept.expect("a version");
    let kept = amendments::keep_effect(&mut tx, &id, &[effect], &lost, &[]).await;
    kept.expect("its effect");
    jianjia_demo::testing::keep(app, tx).await;
    id
}

/// A number that no other record has.
fn number() -> i32 {
    static NUMBER: AtomicI32 = AtomicI32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Counted apart from what is `fresh`: each election has a day of its own, and none lies ahead.
fn elections_held() -> i32 {
    static HELD: AtomicI32 = AtomicI32::new(0);
    HELD.fetch_add(1, Ordering::Relaxed)
}

fn fresh(word: &str) -> String {
    format!("{word}{}", number())
}

/// An application for a worker of the union, by way of the township to the district.
async fn application(site: &TestSite, state: State) -> ApplicationId {
    let (app, now) = (&site.app, site.app.now());
    let name = fresh("王建国");
    let person = site
        .city_of_tests
        .person(&site.union, &name, Post::Worker)
        .await;
    let author = site
        .city_of_tests
        .actor("陈主席", &[(Role::Chair, &site.union)])
        .await;
    let step = |act, unit: &UnitPlace| Step {
        act,
        unit: unit.clone(),
        quota: false,
    };
    let is_draft = state == State::Draft;
    let made = Application {
        id: ApplicationId(app.entropy.id(now)),
        year: 2016,
        title: "outstanding-worker".to_owned(),
        unit: ApplicantUnit {
            id: site.union.id,
            path: site.union.path.clone(),
            name: site.union.name.clone(),
            sort_key: site.union.name.clone(),
        },
        person: Some(ApplicantPerson { id: person, name }),
        story: String::new(),
        state,
        route: if is_draft {
            Vec::new()
        } else {
            vec![
                step(RouteAct::Endorse, &site.township),
                step(RouteAct::Decide, &site.district),
            ]
        },
        rank: None,
        recommended_by: None,
        judgement: None,
        since_at: now,
        submitted_at: (!is_draft).then_some(now),
        created_by: author.account,
        created_at: now,
        revision: 1,
    };
    let mut tx = app.db.write("application").await.expect("a transaction");
    assert!(
        applications::insert(&mut tx, &made)
            .await
            .expect("the application is kept")
    );
    jianjia_demo::testing::keep(app, tx).await;
    made.id
}

/// What the tax office says of the union and it has not replied to.
async fn entry(site: &TestSite) -> EntryId {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    stories::departments::ask(site, union).await;
    let mut tx = app
        .db
        .write(Scope::Departments)
        .await
        .expect("a transaction");
    let filter = EntryFilter {
        years: vec![2016],
        units: vec![union.id],
        ..EntryFilter::default()
    };
    let said = entries::list(&mut tx, &filter).await.expect("the entries");
    let open = said
        .iter()
        .find(|entry| entry.is_open() && entry.reply.is_none());
    if let Some(entry) = open {
        return entry.id;
    }
    let made = Entry {
        id: EntryId(app.entropy.id(now)),
        year: 2016,
        department: "tax".to_owned(),
        unit: union.id,
        unit_path: union.path.clone(),
        unit_name: union.name.clone(),
        clause: format!("V{}", said.len() + 2),
        on: date(2016, 5, 3),
        document: "12号".to_owned(),
        note: String::new(),
        made_by_name: "税务赵".to_owned(),
        made_at: now,
        reply_by: date(2016, 12, 31),
        reply: None,
        decision: None,
        lifting: None,
    };
    assert!(
        entries::insert(&mut tx, &made)
            .await
            .expect("the entry is kept")
    );
    jianjia_demo::testing::keep(app, tx).await;
    made.id
}

/// A title of one of the union's people in a batch of its own.
async fn title(site: &TestSite) -> (HonourId, String) {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let name = fresh("赵志刚");
    let person = site.city_of_tests.person(union, &name, Post::Worker).await;
    let batch = app.entropy.id(now).simple().to_string();
    let held = Honour {
        id: HonourId(app.entropy.id(now)),
        title: "outstanding-worker".to_owned(),
        level: HonourLevel::County,
        year: 2016,
        unit: union.id,
        unit_path: union.path.clone(),
        unit_kind: union.kind,
        division: String::new(),
        holder_name: union.name.clone(),
        holder_sort_key: union.name.clone(),
        person: Some(person),
        person_name: name,
        number: batch.clone(),
        begun_on: date(2016, 5, 1),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Imported,
        named_by: None,
        application: None,
        batch: batch.clone(),
        revision: 1,
        recorded_at: now,
    };
    let mut tx = app.db.write("honour").await.expect("a transaction");
    honour::insert(&mut tx, &held)
        .await
        .expect("the title is kept");
    jianjia_demo::testing::keep(app, tx).await;
    (held.id, batch)
}

/// A poll of the union: one that can be opened, or one that is counted.
async fn poll(site: &TestSite, is_counted: bool) -> PollId {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let member = |name: &str, side: &str| GroupMember {
        name: name.to_owned(),
        side: side.to_owned(),
    };
    let tally = Tally {
        object: "home-building".to_owned(),
        answers: [("satisfied".to_owned(), 7), ("void".to_owned(), 1)].into(),
    };
    let record = ClosingRecord {
        roll: 12,
        issued: 12,
        phone: 8,
        kiosk: 0,
        unused: 4,
        spoiled: 0,
        replaced: 0,
        paper: 0,
        ballots: 8,
        tallies: vec![tally],
        ballots_hash: "0".repeat(64),
        slips_hash: "0".repeat(64),
        suggestions: 0,
        suggestions_hash: String::new(),
        signals: Vec::new(),
    };
    let opened = Opened {
        standard: app.in_force().version.clone(),
        lock: Lock {
            version: 1,
            public_key: String::new(),
            code_hashes: Vec::new(),
            wraps: Vec::new(),
        },
        at: now,
    };
    let stage = if is_counted {
        Stage::Counted(Counted {
            closed: Closed { opened, at: now },
            record,
            signatures: Vec::new(),
            at: now,
        })
    } else {
        Stage::Preparing
    };
    let made = Poll {
        id: PollId(app.entropy.id(now)),
        unit: union.id,
        unit_path: union.path.clone(),
        unit_name: union.name.clone(),
        year: 2016,
        plan: Plan {
            roll: 12,
            leaders: vec!["陈主席".to_owned()],
            group: vec![
                member("张书记", "party"),
                member("王委员", "union"),
                member("赵师傅", "members"),
            ],
            closes_on: Some(date(2016, 10, 28)),
            ..Plan::default()
        },
        slips_by_upper: false,
        replaces: None,
        consent: None,
        stage,
        prepared_at: now,
        revision: 1,
        changed_at: now,
    };
    let mut tx = app.db.write("poll").await.expect("a transaction");
    polls::insert_many(&mut tx, std::slice::from_ref(&made))
        .await
        .expect("the poll is kept");
    jianjia_demo::testing::keep(app, tx).await;
    made.id
}

/// Something that the union said it would improve.
async fn improvement(site: &TestSite) -> ImprovementId {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let said = Improvement {
        id: ImprovementId(app.entropy.id(now)),
        unit: union.id,
        unit_path: union.path.clone(),
        year: 2015,
        text: "食堂早点提前".to_owned(),
        said_by_name: "陈主席".to_owned(),
        said_at: now,
        report: None,
    };
    let mut tx = app.db.write("improvement").await.expect("a transaction");
    improvements::insert(&mut tx, &said)
        .await
        .expect("the improvement is kept");
    jianjia_demo::testing::keep(app, tx).await;
    said.id
}

/// A contradiction in the union's data, of a number that no other has.
async fn doubt(site: &TestSite) -> DoubtId {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let amount = |of: &str, value| Amount {
        of: of.to_owned(),
        value,
    };
    let found = Doubt {
        id: DoubtId(app.entropy.id(now)),
        year: 2016,
        rule: "members-over-workers".to_owned(),
        unit: union.id,
        unit_path: union.path.clone(),
        unit_name: union.name.clone(),
        subject: fresh("subject"),
        basis: "120/100".to_owned(),
        settled: String::new(),
        figures: Figures::Over {
            count: amount("members", 120),
            of: amount("workers", 100),
        },
        state: DoubtState::New,
        is_answered: false,
        answer_by: None,
        revision: 1,
        raised_at: now,
        changed_at: now,
    };
    let mut tx = app.db.write("doubt").await.expect("a transaction");
    doubts::insert(&mut tx, std::slice::from_ref(&found))
        .await
        .expect("the doubt is kept");
    jianjia_demo::testing::keep(app, tx).await;
    found.id
}

/// A public notice of a candidate of the union, and an objection to it with a photo.
async fn objected(site: &TestSite) -> (PublicationId, ObjectionId) {
    let (app, now) = (&site.app, site.app.now());
    let candidate = application(site, State::UnderReview { step: 1 }).await;
    let today = app.clock.today();
    let days = Days {
        from: today,
        to: today.saturating_add(7.days()),
    };
    let shown = Shown {
        title: Text {
            zh: "信赖职工之家".to_owned(),
            en: "Trusted home".to_owned(),
        },
        year: 2016,
        city: site.city.name.clone(),
        days,
        order: PublicationOrder::Strokes,
        telephone: "0519-86680000".to_owned(),
        office: "市总工会基层工作部".to_owned(),
        lines: vec![ShownLine {
            place: 1,
            name: fresh("王建国"),
            union: site.union.name.clone(),
            federation: site.district.name.clone(),
        }],
    };
    let json = serde_json::to_string(&shown).expect("what is shown");
    let approver = city_approver(site).await;
    let made = Publication {
        id: PublicationId(app.entropy.id(now)),
        year: 2016,
        title: "trusted-home".to_owned(),
        days,
        hash: content_hash(json.as_bytes()),
        shown: json,
        published_by: approver,
        published_by_name: "李审批".to_owned(),
        published_at: now,
        taken_down: None,
    };
    let mut tx = app.db.write("publication").await.expect("a transaction");
    publications::insert(&mut tx, &made, &[candidate])
        .await
        .expect("the notice is kept");
    jianjia_demo::testing::keep(app, tx).await;
    // Many are made in a day here: each counts, and brings its photo.
    let mut tx = app.db.write("guesses").await.expect("a transaction");
    let soon = now.checked_add(1.hours()).expect("an instant");
    failures::sweep(&mut tx, soon).await.expect("swept");
    tx.commit().await.expect("committed");
    let form = ObjectionForm {
        application: candidate.to_string(),
        text: "会员数不实。".to_owned(),
        ..ObjectionForm::default()
    };
    let network = fresh("network");
    let received = objections::receive(app, &network, &made.id, &form, vec![photo()]).await;
    let number = received.expect("an objection").number;
    let mut tx = app.db.read().await.expect("a transaction");
    let found = received_objections::of_number(&mut tx, number).await;
    let found = found.expect("the objections").expect("the objection");
    tx.commit().await.expect("read");
    (made.id, found.id)
}

async fn city_approver(site: &TestSite) -> AccountId {
    let roles = [(Role::Approver, &site.city)];
    let approver = site.city_of_tests.actor("李审批", &roles).await;
    approver.account
}

/// A small picture that no other is like.
pub(super) fn photo() -> evidence::File {
    let shade = number().to_le_bytes();
    let picture = image::RgbImage::from_pixel(4, 4, image::Rgb([shade[0], shade[1], shade[2]]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture");
    evidence::File {
        name: fresh("照片") + ".png",
        bytes: bytes.into_inner().into(),
    }
}
