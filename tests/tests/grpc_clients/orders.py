"""Orders from several servers in turn: orders.py ADDRESS..

For each line `checked COUNT` or `plain COUNT` it orders so often, over a channel that looks after the servers'
health or over one that does not, and prints how many of the orders were taken.
"""

import json
import sys

import grpc


def channel(addresses, **config):
    config["loadBalancingConfig"] = [{"round_robin": {}}]
    options = [
        ("grpc.service_config", json.dumps(config)),
        # A list of addresses would be no authority.
        ("grpc.default_authority", "orders"),
    ]
    return grpc.insecure_channel("ipv4:" + ",".join(addresses), options=options)


addresses = sys.argv[1:]
channels = {
    "plain": channel(addresses),
    "checked": channel(addresses, healthCheckConfig={"serviceName": "shop.v1.Orders"}),
}


def order(channel):
    place = channel.unary_unary("/shop.v1.Orders/Place")
    try:
        place(b"", timeout=30, wait_for_ready=True)
    except grpc.RpcError as error:
        print(error, file=sys.stderr)
        return 0
    return 1


for line in sys.stdin:
    kind, count = line.split()
    print(sum(order(channels[kind]) for _ in range(int(count))), flush=True)
