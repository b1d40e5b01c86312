//! Every route as every role: what comes back is held in a table. New routes enter by themselves; a route whose address needs
//! a record that the small city lacks is named by the test.

use std::{collections::BTreeMap, fmt::Write};

use axum::http::StatusCode;
use jianjia_domain::policy::Role;
use jianjia_web::routes::{self, Access, Route};

use crate::site::{self, Client, Page, TestSite};

/// The columns of the table: nobody, then each role at the union, above it, at the city, and a stranger of another district.
async fn people(site: &TestSite) -> Vec<(&'static str, Client)> {
    use Role::{Administrator, Approver, Auditor, Chair, Clerk, Reviewer};
    let mut people = vec![("nobody", site.visitor())];
    for (column, role, unit) in [
        ("clerk", Clerk, &site.union),
        ("chair", Chair, &site.union),
        ("admin union", Administrator, &site.union),
        ("reviewer township", Reviewer, &site.township),
        ("approver township", Approver, &site.township),
        ("reviewer district", Reviewer, &site.district),
        ("approver district", Approver, &site.district),
        ("auditor district", Auditor, &site.district),
        ("admin district", Administrator, &site.district),
        ("reviewer city", Reviewer, &site.city),
        ("approver city", Approver, &site.city),
        ("auditor city", Auditor, &site.city),
        ("admin city", Administrator, &site.city),
        ("clerk branch", Clerk, &site.branch),
        ("chair neighbour", Chair, &site.neighbour),
        ("stranger chair", Chair, &site.other_union),
        ("stranger approver", Approver, &site.other_district),
        ("stranger admin", Administrator, &site.other_district),
    ] {
        people.push((column, site.sign_in_as(column, &[(role, unit)]).await));
    }
    people
}

/// The ids that addresses are filled with: all of them the small city's union's.
pub struct Records(BTreeMap<&'static str, String>);

async fn records(site: &TestSite) -> Records {
    let clerk = site
        .city_of_tests
        .actor("王芳", &[(Role::Clerk, &site.union)])
        .await;
    Records(BTreeMap::from([
        ("units", site.union.id.to_string()),
        ("accounts", clerk.account.to_string()),
    ]))
}

impl Records {
    /// The route's address with its places filled; a record that is not there has the id of nothing.
    fn address(&self, path: &str) -> String {
        let noun = path.split('/').nth(1).unwrap_or_default();
        let nothing = "0".repeat(32);
        path.split('/')
            .map(|part| match part {
                "{id}" | "{unit}" => self.0.get(noun).unwrap_or(&nothing).as_str(),
                "{year}" => "2016",
                "{title}" if noun == "standard" => "model-home",
                "{title}" => "trusted-home",
                part if part.starts_with('{') => "none",
                part => part,
            })
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// What came back, as a word for the table.
fn outcome(page: &Page) -> String {
    match page.status {
        StatusCode::SEE_OTHER if page.location().starts_with("/sign-in") => "sign-in".to_owned(),
        StatusCode::SEE_OTHER => "done".to_owned(),
        StatusCode::OK => "ok".to_owned(),
        StatusCode::NOT_FOUND => "-".to_owned(),
        StatusCode::FORBIDDEN => "no role".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => "refused".to_owned(),
        StatusCode::BAD_REQUEST => "refused".to_owned(),
        other => format!("{other} !"),
    }
}

/// Acts as each person would with a form that names the union and little else: past the permission comes a refusal of the fields.
async fn ask(person: &mut Client, route: &Route, address: &str, records: &Records) -> Page {
    if route.method == "GET" {
        return person.get(address).await;
    }
    let nothing = "0".repeat(32);
    let fields = [
        ("unit", records.0["units"].as_str()),
        ("role", "clerk"),
        ("evidence", nothing.as_str()),
        ("for", "fact:chair_elected"),
        ("year", "2016"),
    ];
    let page = person.post_form(address, &fields).await;
    if page.text().contains("这张表单看不懂") {
        // It takes files.
        return person.upload(address, &fields, &[]).await;
    }
    page
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_table_says() {
    for site in site::both().await {
        let mut table = String::new();
        let mut people = people(&site).await;
        let mut all = routes::all();
        // Whoever signs out is out: that comes last.
        all.sort_by_key(|route| route.path == "/sign-out");
        for route in all {
            // Each route finds the city as it was: what one did is not another's surprise.
            let records = records(&site).await;
            let address = records.address(route.path);
            writeln!(
                table,
                "{} {} ({:?})",
                route.method, route.path, route.access
            )
            .unwrap();
            let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
            for (column, person) in &mut people {
                let page = ask(person, &route, &address, &records).await;
                assert!(
                    !page.status.is_server_error(),
                    "{} {address} as {column}: {}",
                    route.method,
                    page.text()
                );
                let outcome = outcome(&page);
                match answers.iter_mut().find(|(known, _)| *known == outcome) {
                    Some((_, columns)) => columns.push(column),
                    None => answers.push((outcome, vec![column])),
                }
            }
            for (outcome, columns) in answers {
                writeln!(table, "    {outcome}: {}", columns.join(", ")).unwrap();
            }
        }
        insta::assert_snapshot!("route_by_role", table);
    }
}

#[tokio::test]
async fn only_public_routes_answer_somebody_who_is_not_signed_in() {
    for site in site::both().await {
        let records = records(&site).await;
        for route in routes::all() {
            if route.access == Access::Public {
                continue;
            }
            let page = ask(
                &mut site.visitor(),
                &route,
                &records.address(route.path),
                &records,
            )
            .await;
            assert_eq!(outcome(&page), "sign-in", "{} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn another_district_s_ids_are_answered_like_ids_of_nothing_in_any_role() {
    for site in site::both().await {
        let records = records(&site).await;
        let nothing = Records(BTreeMap::from([("units", "0".repeat(32))]));
        let mut strangers = Vec::new();
        for role in Role::ALL {
            strangers.push((
                role,
                site.sign_in_as("外人", &[(role, &site.other_district)])
                    .await,
            ));
            strangers.push((
                role,
                site.sign_in_as("外人", &[(role, &site.other_union)]).await,
            ));
        }
        for route in routes::all() {
            if !route.path.contains('{') || route.access == Access::Public {
                continue;
            }
            let address = records.address(route.path);
            for (role, stranger) in &mut strangers {
                let page = ask(stranger, &route, &address, &records).await;
                let of_nothing =
                    ask(stranger, &route, &nothing.address(route.path), &nothing).await;
                assert_eq!(
                    (page.status, page.text()),
                    (of_nothing.status, of_nothing.text()),
                    "{} {address} tells {role:?} elsewhere that there is something",
                    route.method
                );
                assert!(
                    !route.path.contains("{id}") || !page.status.is_success(),
                    "{} {address} as {role:?}",
                    route.method
                );
                assert!(
                    !page.body.contains("长江纺织厂"),
                    "{address} tells the name to {role:?}"
                );
            }
        }
    }
}
