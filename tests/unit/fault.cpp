// Answers of real servers: Redis 7.0.15, Redis 8.0.2 and Valkey 8.1.1 word for word as they came, Redis 6.2 as its
// source makes them (scripting.c: luaPushError puts the place in front, evalGenericCommand the name of the function).
#include "redis/fault.hpp"

#include <doctest/doctest.h>

#include <string>

using redis::classify;
using redis::Fault;

namespace {

const std::string k_suffix = " script: 17f22d0d527f235b257b1724fc30ba0fb74530ef, on @user_script:12.";
const std::string k_6_2 =
    "ERR Error running script (call to f_17f22d0d527f235b257b1724fc30ba0fb74530ef): @user_script:12: ";
const std::string k_6_2_pushed = k_6_2 + "@user_script: 12: ";

}  // namespace

TEST_CASE("an unknown script is sent as text")
{
    CHECK(classify("NOSCRIPT No matching script. Please use EVAL.") == Fault::unknown_script);
    CHECK(classify("NOSCRIPT No matching script.") == Fault::unknown_script);  // Valkey
}

TEST_CASE("a cluster's redirections are told apart: for good, and for this once")
{
    CHECK(classify("MOVED 3999 127.0.0.1:6381") == Fault::moved);
    CHECK(classify("MOVED 3999 :6381") == Fault::moved);
    CHECK(classify("ASK 3999 127.0.0.1:6381") == Fault::ask);
    CHECK(classify("ASKING") == Fault::nonsense);
}

TEST_CASE("a server that cannot do it now is asked again")
{
    for (const std::string& text : {
             std::string("LOADING Redis is loading the dataset in memory"),
             std::string("LOADING Valkey is loading the dataset in memory"),
             std::string("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
             std::string("BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
             std::string("TRYAGAIN Multiple keys request during rehashing of slot"),
             std::string("CLUSTERDOWN Hash slot not served"),
             std::string("CLUSTERDOWN The cluster is down"),
             std::string("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
             std::string(
                 "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."),
             std::string(
                 "MISCONF Valkey is configured to save RDB snapshots, but it's currently unable to persist to disk."),
             "OOM command not allowed when used memory > 'maxmemory'." + k_suffix,
             std::string("OOM command not allowed when used memory > 'maxmemory'."),
             "NOREPLICAS Not enough good replicas to write." + k_suffix,
             "ERR Script attempted to access a non local key in a cluster node" + k_suffix,
         })
        CHECK_MESSAGE(classify(text) == Fault::retry, text);
}

TEST_CASE("a server that is no longer the one to ask is left")
{
    for (const std::string& text : {
             "READONLY You can't write against a read only replica." + k_suffix,
             std::string("READONLY You can't write against a read only replica."),
             std::string(
                 "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"),
             std::string("ERR max number of clients reached"),
         })
        CHECK_MESSAGE(classify(text) == Fault::reconnect, text);
}

TEST_CASE("a wrong password or a missing right is a refusal")
{
    for (const std::string& text : {
             std::string("NOAUTH Authentication required."),
             std::string("WRONGPASS invalid username-password pair or user is disabled."),
             std::string("NOPERM this user has no permissions to run the 'evalsha' command"),
             std::string("NOPERM this user has no permissions to run the 'evalsha' command or its subcommand"),  // 6.2
             std::string("NOPERM User low has no permissions to run the 'evalsha' command"),
             std::string("NOPERM this user has no permissions to access one of the keys used as arguments"),
             std::string("NOPERM No permissions to access a key"),
             std::string("DENIED Redis is running in protected mode because protected mode is enabled"),
             std::string("ERR AUTH <password> called without any password configured for the default user. Are you "
                         "sure your configuration is correct?"),
             std::string("ERR invalid password"),
             std::string("ERR Protocol error: unauthenticated multibulk length"),
             std::string("ERR Protocol error: unauthenticated bulk length"),
             "ERR The user executing the script can't run this command or subcommand" + k_suffix,
             "ERR The user executing the script can't access at least one of the keys mentioned in the command "
             "arguments" +
                 k_suffix,
             "ERR ACL failure in script: User low has no permissions to run the 'time' command" + k_suffix,
             "ERR ACL failure in script: No permissions to access a key" + k_suffix,
         })
        CHECK_MESSAGE(classify(text) == Fault::refused, text);
}

TEST_CASE("what waiting would not mend is nonsense")
{
    for (const std::string& text : {
             "WRONGTYPE Operation against a key holding the wrong kind of value" + k_suffix,
             std::string("CROSSSLOT Keys in request don't hash to the same slot"),
             std::string("ERR unknown command 'EVALSHA', with args beginning with: "),
             "ERR Unknown Redis command called from script" + k_suffix,
             "ERR Unknown command called from script" + k_suffix,  // Valkey
             std::string("ERR DB index is out of range"),
             std::string("ERR SELECT is not allowed in cluster mode"),
             std::string("ERR wrong number of arguments for 'hget' command"),
             "ERR user_script:3: attempt to index a nil value" + k_suffix,
             std::string("ERR"),
             std::string(""),
             std::string(" "),
             std::string("-"),
         })
        CHECK_MESSAGE(classify(text) == Fault::nonsense, text);
}

TEST_CASE("only the start of an answer counts: the rest may quote a key")
{
    CHECK(classify("ERR something about READONLY") == Fault::nonsense);
    CHECK(classify("ERR unknown command 'LOADING'") == Fault::nonsense);
    CHECK(classify("WRONGTYPE NOAUTH") == Fault::nonsense);
}

TEST_CASE("an error of a command inside a script of Redis 6.2 is found behind its place")
{
    CHECK(classify(k_6_2 + "WRONGTYPE Operation against a key holding the wrong kind of value") == Fault::nonsense);
    CHECK(classify(k_6_2 + "LOADING Redis is loading the dataset in memory") == Fault::retry);
    CHECK(classify(k_6_2 + "NOREPLICAS Not enough good replicas to write.") == Fault::retry);
}

TEST_CASE("an error that Redis 6.2 raises before the command runs keeps its '-', and means the same")
{
    CHECK(classify(k_6_2_pushed + "-READONLY You can't write against a read only replica.  ") == Fault::reconnect);
    CHECK(classify(k_6_2_pushed + "-OOM command not allowed when used memory > 'maxmemory'.  ") == Fault::retry);
    CHECK(classify(k_6_2_pushed + "-MISCONF Redis is configured to save RDB snapshots  ") == Fault::retry);
    CHECK(classify(k_6_2_pushed + "Lua script attempted to access a non local key in a cluster node") == Fault::retry);
    CHECK(classify(k_6_2_pushed + "Lua script attempted to execute a command while the cluster is down") ==
          Fault::retry);
}

TEST_CASE("a right that is missing inside a script of Redis 6.2 is a refusal")
{
    CHECK(classify(k_6_2_pushed + "The user executing the script can't run this command or subcommand") ==
          Fault::refused);
    CHECK(classify(k_6_2_pushed +
                   "The user executing the script can't access at least one of the keys mentioned in the "
                   "command arguments") == Fault::refused);
}

TEST_CASE("a login that is wanted is told from a right that is missing")
{
    for (const char* text : {"NOAUTH Authentication required.", "DENIED Redis is running in protected mode because",
                             "ERR Protocol error: unauthenticated multibulk length"}) {
        CHECK(classify(text) == Fault::refused);
        CHECK_MESSAGE(redis::wants_login(text), text);
    }
    for (const std::string& text :
         {std::string("NOPERM this user has no permissions to run the 'evalsha' command"),
          "ERR The user executing the script can't run this command or subcommand" + k_suffix,
          k_6_2_pushed + "The user executing the script can't run this command or subcommand"}) {
        CHECK(classify(text) == Fault::refused);
        CHECK_MESSAGE(!redis::wants_login(text), text);
    }
}

TEST_CASE("what a server says of itself is told in one plain sentence, whichever server it is")
{
    const std::string no_writes = "it is a replica and takes no writes";
    CHECK(redis::plain("READONLY You can't write against a read only replica." + k_suffix) == no_writes);
    CHECK(redis::plain("READONLY You can't write against a read only replica.") == no_writes);
    CHECK(redis::plain(k_6_2_pushed + "-READONLY You can't write against a read only replica.  ") == no_writes);
    CHECK(redis::plain("ERR Script attempted to access a non local key in a cluster node" + k_suffix) ==
          redis::plain("TRYAGAIN Multiple keys request during rehashing of slot"));
    CHECK(redis::plain("ERR max number of clients reached") == "it has as many clients as its maxclients allows");
}

TEST_CASE("of any other error the text stays, without the place in a script that is not the user's")
{
    const std::string wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
    CHECK(redis::plain(wrong_type + k_suffix) == wrong_type);
    CHECK(redis::plain("NOAUTH Authentication required.") == "NOAUTH Authentication required.");
    CHECK(redis::plain("") == "");
}

TEST_CASE("what a server quotes of our words is not told: those of a login are a secret")
{
    CHECK(redis::plain("ERR unknown command 'AUTH', with args beginning with: 'tom' 'hunter2' ") ==
          "ERR unknown command 'AUTH'");
    CHECK(redis::plain("ERR unknown command `AUTH`, with args beginning with: `hunter2`, ") ==
          "ERR unknown command `AUTH`");
}

TEST_CASE("a failure of a script of ours keeps its place, for whoever is to mend it")
{
    const std::string failure = "ERR user_script:3: attempt to index a nil value" + k_suffix;
    CHECK(redis::plain(failure) == failure);
}

TEST_CASE("a script's own failure on Redis 6.2 is nonsense")
{
    CHECK(classify(k_6_2 + "user_script:12: attempt to index a nil value") == Fault::nonsense);
    CHECK(classify("ERR Error running script (call to f_17f2): @user_script:12: ") == Fault::nonsense);
    CHECK(classify("ERR Error compiling script (new function): user_script:1: '=' expected near '<eof>'") ==
          Fault::nonsense);
}
