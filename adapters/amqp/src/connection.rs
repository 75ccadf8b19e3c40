//! Opens a connection to the broker: bounded in time, encrypted unless the operator says otherwise.
//!
//! Must never recover by itself: the caller's own loop decides when to try again.

use std::net::IpAddr;
use std::time::Duration;

use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{Channel, Connection, ConnectionProperties};
use samhold_adapter_api::{AdapterError, SecretRef};
use secrecy::ExposeSecret;

use crate::fault::within;
use crate::settings::Broker;

/// Connects, within the configured time.
pub(crate) async fn open(system: &str, broker: &Broker, role: &str) -> Result<Connection, AdapterError> {
    let uri = address(system, broker)?;
    let tls = trust(system, broker).await?;
    let properties = ConnectionProperties::default().with_connection_name(format!("samhold {role} {system}").into());
    let runtime =
        lapin::runtime::default_runtime().map_err(|e| AdapterError::unavailable(system, "connect", e, None))?;
    let connecting = Connection::connect_uri_with_config(uri, properties, tls, runtime);
    within(system, "connect to the broker", broker.timeout(), connecting).await
}

/// A fresh channel.
pub(crate) async fn channel(system: &str, broker: &Broker, on: &Connection) -> Result<Channel, AdapterError> {
    within(system, "open a channel", broker.timeout(), on.create_channel()).await
}

/// Closes in good order, so that the broker takes back what is outstanding at once. A failure here changes nothing.
pub(crate) async fn close(connection: &Connection) {
    if let Ok(reason) = lapin::types::ShortString::try_new("done") {
        let _ = tokio::time::timeout(Duration::from_secs(2), connection.close(200, reason)).await;
    }
}

/// Where the broker is and who we are there.
fn address(system: &str, broker: &Broker) -> Result<AMQPUri, AdapterError> {
    let mut uri = match (&broker.url, &broker.host) {
        (Some(url), None) if broker.user.is_none() && broker.password.is_none() => from_url(system, url)?,
        (None, Some(host)) => from_parts(system, broker, host)?,
        _ => {
            return Err(AdapterError::settings(system, "give the broker either as url, or as host, user and password"));
        }
    };
    if uri.scheme == AMQPScheme::AMQP && !broker.allow_plaintext && !is_this_machine(&uri.authority.host) {
        let cause = "the broker is on another machine and TLS is off; use TLS, or set allow_plaintext for a network that is encrypted below";
        return Err(AdapterError::settings(system, cause));
    }
    uri.query.heartbeat = Some(broker.heartbeat_seconds);
    Ok(uri)
}

fn from_url(system: &str, url: &SecretRef) -> Result<AMQPUri, AdapterError> {
    let text = secret(system, url)?;
    // The parser's own message repeats the URL, so it is not passed on.
    text.expose_secret().parse().map_err(|_| {
        AdapterError::settings(system, "the broker url is not of the form amqps://user:password@host:port/vhost")
    })
}

fn from_parts(system: &str, broker: &Broker, host: &str) -> Result<AMQPUri, AdapterError> {
    let (Some(username), Some(password)) = (&broker.user, &broker.password) else {
        return Err(AdapterError::settings(system, "the broker needs user and password beside host"));
    };
    let scheme = if broker.tls { AMQPScheme::AMQPS } else { AMQPScheme::AMQP };
    let password = secret(system, password)?.expose_secret().to_owned();
    let userinfo = AMQPUserInfo { username: username.clone(), password };
    let port = broker.port.unwrap_or(if broker.tls { 5671 } else { 5672 });
    Ok(AMQPUri {
        scheme,
        authority: AMQPAuthority { userinfo, host: host.to_owned(), port },
        vhost: broker.vhost.clone(),
        query: AMQPQueryString::default(),
    })
}

fn secret(system: &str, place: &SecretRef) -> Result<secrecy::SecretString, AdapterError> {
    place.read().map_err(|e| AdapterError::settings(system, e))
}

async fn trust(system: &str, broker: &Broker) -> Result<OwnedTLSConfig, AdapterError> {
    let Some(path) = &broker.ca_file else { return Ok(OwnedTLSConfig::default()) };
    let unreadable = |e| AdapterError::settings(system, format!("ca_file {} cannot be read: {e}", path.display()));
    let chain = tokio::fs::read_to_string(path).await.map_err(unreadable)?;
    Ok(OwnedTLSConfig { identity: None, cert_chain: Some(chain) })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broker(text: &str) -> Broker {
        toml::from_str(text).unwrap()
    }

    fn secret_file(text: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("samhold-amqp-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn parts_and_url_lead_to_the_same_place() {
        let (password, url) = (secret_file("p@ss/ord\n"), secret_file("amqps://ola:p%40ss%2Ford@mq:5671/%2f\n"));
        let parts = format!("host='mq'\nuser='ola'\npassword={{file='{}'}}", password.display());
        let whole = format!("url={{file='{}'}}", url.display());
        assert_eq!(address("kø", &broker(&parts)).unwrap(), address("kø", &broker(&whole)).unwrap());
        let both = format!("{whole}\nhost='mq'");
        assert!(address("kø", &broker(&both)).unwrap_err().to_string().contains("either as url"));
        std::fs::remove_file(password).unwrap();
        std::fs::remove_file(url).unwrap();
    }

    #[test]
    fn plain_text_to_another_machine_needs_the_operators_word() {
        let url = secret_file("amqp://ola:hemmelig@mq.example/%2f");
        let text = format!("url={{file='{}'}}", url.display());
        let said = address("kø", &broker(&text)).unwrap_err().to_string();
        assert!(said.contains("TLS is off") && !said.contains("hemmelig"));
        assert!(address("kø", &broker(&format!("{text}\nallow_plaintext=true"))).is_ok());
        std::fs::write(&url, "amqp://ola:hemmelig@127.0.0.1/%2f").unwrap();
        assert!(address("kø", &broker(&text)).is_ok());
        std::fs::write(&url, "hemmelig").unwrap();
        assert!(!address("kø", &broker(&text)).unwrap_err().to_string().contains("hemmelig"));
        std::fs::remove_file(url).unwrap();
    }
}
