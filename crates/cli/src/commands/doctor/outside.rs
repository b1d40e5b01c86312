//! How the program is reached, and what it reaches: the proxy before it, the mail server, the gateway.

use std::net::{IpAddr, SocketAddr};

use jianjia_post::{Unreachable, gateway, mail};

use crate::commands::{
    doctor::{Finding, fault, ok, warning},
    serve::Settings,
};

pub async fn proxy(settings: &Settings, found: &mut Vec<Finding>) {
    let address = settings.post.address.as_str();
    found.push(addresses(settings));
    if !address.is_empty() {
        found.push(public(address).await);
    }
}

/// Whether the settings of address, https and proxy fit together.
fn addresses(settings: &Settings) -> Finding {
    let serving = &settings.serving;
    let (address, listen) = (settings.post.address.as_str(), settings.listen.as_str());
    let is_https = address.starts_with("https://");
    let is_local = is_on_this_machine(listen);
    if is_https && !serving.https {
        return fault(
            "proxy",
            format!("people come by {address}, but https is not set"),
            "set https = true: else cookies go over http as well",
        );
    }
    if serving.https && !serving.behind_proxy {
        return fault(
            "proxy",
            "https is set and behind_proxy is not",
            "the program has no TLS of its own: put a proxy before it and set behind_proxy = true, or all visitors count as one",
        );
    }
    if serving.behind_proxy && !serving.https {
        return warning(
            "proxy",
            "behind_proxy is set and https is not",
            "have the proxy speak TLS and set https = true: passwords go over the net",
        );
    }
    if serving.behind_proxy && !is_local {
        return warning(
            "proxy",
            format!(
                "the proxy's word is believed, and {listen} can be reached by others than the proxy"
            ),
            "listen on 127.0.0.1, or let a firewall admit the proxy alone: whoever gets through can forge addresses",
        );
    }
    if !serving.behind_proxy && !is_local {
        return warning(
            "proxy",
            format!("people reach {listen} without encryption"),
            "put a proxy with TLS before it: see docs/operate.md",
        );
    }
    if serving.https && address.is_empty() {
        return warning(
            "proxy",
            "address is not set",
            "set address = \"https://…\": letters lead there",
        );
    }
    if serving.https {
        return ok(
            "proxy",
            format!("{listen} is behind a proxy with TLS, whose X-Forwarded-For is believed"),
        );
    }
    ok("proxy", format!("{listen} is for this machine alone"))
}

fn is_on_this_machine(listen: &str) -> bool {
    if let Ok(address) = listen.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the program answers by the address that people use.
async fn public(address: &str) -> Finding {
    let todo = "does the proxy run, does its certificate hold, does `jianjia serve` run? A firewall may keep this machine from its own address";
    match gateway::get(&format!("{address}/healthz")).await {
        Ok((status, body)) if status.is_success() && body == "ok\n" => {
            ok("address", format!("{address} answers"))
        }
        Ok((status, _)) => warning(
            "address",
            format!("{address}/healthz answers {status}, not as this program does"),
            todo,
        ),
        Err(Unreachable(why)) => warning(
            "address",
            format!("{address} is not reached from here: {why}"),
            todo,
        ),
    }
}

pub async fn post(settings: &Settings, found: &mut Vec<Finding>) {
    let refused = "check host, port, user and password, and that this machine trusts its certificate; then `jianjia post --try ADDRESS`";
    found.push(match &settings.post.mail {
        None => ok("mail", "not set up: people read their messages here"),
        Some(server) => match mail::connect(server).await {
            Ok(connection) => {
                mail::end(connection).await;
                ok("mail", format!("{}:{} takes us", server.host, server.port))
            }
            Err(Unreachable(why)) => fault("mail", why, refused),
        },
    });
    found.push(match &settings.post.telephone {
        None => ok("telephone", "no gateway for text messages is set up"),
        Some(settings) => match gateway::reach(settings).await {
            Ok(()) => ok("telephone", "the gateway can be reached"),
            Err(Unreachable(why)) => fault("telephone", why, refused),
        },
    });
}
