"""Asks a server how it is, with Python's own gRPC.

health.py check ADDRESS NAME..   prints for each name what `Check` says, and the word in its metadata
health.py watch ADDRESS NAME     prints what `Watch` says, a line for each message, and at the end `end`
"""

import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

STATUS = health_pb2.HealthCheckResponse.ServingStatus

command, address, *names = sys.argv[1:]
channel = grpc.insecure_channel(address)
health = health_pb2_grpc.HealthStub(channel)


def check(name):
    request = health_pb2.HealthCheckRequest(service=name)
    try:
        response, call = health.Check.with_call(request, timeout=30)
    except grpc.RpcError as error:
        return error.code().name
    words = [value for key, value in call.initial_metadata() if key == "x-health-status"]
    return " ".join([STATUS.Name(response.status), *words])


if command == "check":
    for name in names:
        print(check(name), flush=True)
elif command == "watch":
    request = health_pb2.HealthCheckRequest(service=names[0])
    for response in health.Watch(request):
        print(STATUS.Name(response.status), flush=True)
    print("end", flush=True)
