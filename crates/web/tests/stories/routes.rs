//! Every route as every role: what comes back is held in a table. New routes enter by themselves. Where an address needs a record,
//! it is one of the union's: the first columns are those to whom it is their own or below them, the last ones strangers to it.

use std::fmt::Write;

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jianjia_web::routes::{self, Access, Route};

use crate::{
    site::{self, Client, Page, TestSite, records::Records},
    stories::departments,
};

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
    people.push(("department", departments::answerer(site, "税务赵").await));
    people
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
        StatusCode::UNAUTHORIZED => "no token".to_owned(),
        other => format!("{other} !"),
    }
}

/// Acts as each person would with a form that names the union's records and little else: past the permission comes a refusal of the
/// fields, or the act.
async fn ask(person: &mut Client, route: &Route, records: &Records) -> Page {
    let address = records.address(route);
    if route.method == "GET" {
        return person.get(&address).await;
    }
    let fields = records.fields(route);
    let page = person.post_form(&address, &fields).await;
    if page.text().contains("这张表单看不懂") {
        // It takes files.
        return person.upload(&address, &fields, &[]).await;
    }
    page
}

/// Whether the answer is that of an address of nothing. Accounts are an administrator's: whoever is none anywhere hears so of every
/// address, whatever stands there.
fn is_nothing(route: &Route, page: &Page) -> bool {
    page.status == StatusCode::NOT_FOUND
        || (route.path.starts_with("/accounts/") && page.status == StatusCode::FORBIDDEN)
}

/// Whether the act changes a record that another role then would not find as it was.
fn uses_up(route: &Route) -> bool {
    let is_the_unit_s = ["{person}", "{election}", "{activity}", "{evidence}"]
        .iter()
        .all(|place| !route.path.contains(place));
    route.method == "POST"
        && is_of_a_record(route)
        && !(route.path.starts_with("/units/") && is_the_unit_s)
}

/// Whether the address is one of the union's own.
fn is_of_a_record(route: &Route) -> bool {
    [
        "{id}",
        "{person}",
        "{election}",
        "{activity}",
        "{evidence}",
        "{import}",
        "{job}",
        "{batch}",
        "{request}",
        "{doubt}",
        "{contribution}",
        "{run}",
        "{list}",
        "{entry}",
        "{forward}",
    ]
    .iter()
    .any(|place| route.path.contains(place))
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_table_says() {
    for site in site::both().await {
        let mut table = String::new();
        let mut people = people(&site).await;
        let mut records = Records::of_the_union(&site).await;
        // Making them takes as long as many answers, so they are made again when somebody did something since.
        let mut are_fresh = true;
        let mut all = routes::all();
        // Whoever signs out is out: that comes last.
        all.sort_by_key(|route| route.path == "/sign-out");
        for route in all {
            if uses_up(&route) && !are_fresh {
                records = Records::of_the_union(&site).await;
                are_fresh = true;
            }
            writeln!(
                table,
                "{} {} ({:?})",
                route.method, route.path, route.access
            )
            .unwrap();
            let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
            for (column, person) in &mut people {
                let page = ask(person, &route, &records).await;
                assert!(
                    !page.status.is_server_error(),
                    "{} {} as {column}: {}",
                    route.method,
                    route.path,
                    page.text()
                );
                let outcome = outcome(&page);
                if column.starts_with("stranger")
                    && is_of_a_record(&route)
                    && route.access != Access::Public
                {
                    assert!(
                        is_nothing(&route, &page),
                        "{} {} as {column}: {outcome}",
                        route.method,
                        route.path
                    );
                }
                let is_act = route.method == "POST" && ["done", "ok"].contains(&outcome.as_str());
                if is_act && uses_up(&route) {
                    // What one did is not another's surprise.
                    records = Records::of_the_union(&site).await;
                }
                are_fresh &= !is_act || uses_up(&route);
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
        let records = Records::of_the_union(&site).await;
        for route in routes::all() {
            if route.access == Access::Public {
                continue;
            }
            let page = ask(&mut site.visitor(), &route, &records).await;
            let told = match route.access {
                Access::Token => "no token",
                _ => "sign-in",
            };
            assert_eq!(outcome(&page), told, "{} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn another_district_s_ids_are_answered_like_ids_of_nothing_in_any_role() {
    for site in site::both().await {
        let records = Records::of_the_union(&site).await;
        let nothing = Records::of_nothing();
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
            let address = records.address(&route);
            for (role, stranger) in &mut strangers {
                let page = ask(stranger, &route, &records).await;
                let of_nothing = ask(stranger, &route, &nothing).await;
                assert_eq!(
                    (page.status, page.text()),
                    (of_nothing.status, of_nothing.text()),
                    "{} {address} tells {role:?} elsewhere that there is something",
                    route.method
                );
                assert!(
                    !is_of_a_record(&route) || is_nothing(&route, &page),
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
